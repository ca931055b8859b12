"""Which representation answers a request.

    /                                     302 to the best locale
    /articles/{slug}                      likewise
    /articles/{slug}/references           likewise
    /{locale}/...                         what is compiled for this path
    /{locale}/thank-you/{reference}       the page after the form
    /{locale}/thank-you/{reference}/{time}    likewise, with the time that was promised (`promise.py`)
    /api/articles, /api/articles/{slug}   JSON, by ?locale= or Accept-Language
    another spelling of one of these      308 to the one spelling (`spelling.py`); 302 where its locale is only near one
    anything else                         404 in the reader's language

A page's links and form take campaign tags along (`shared.campaign`). Query parameters that mean nothing here are kept
in redirects and are otherwise without effect.
"""

from collections.abc import Callable
from time import time

from functions.content.compiled_site import CompiledSite
from shared.campaign import read_tags
from shared.http import HTML, Request, Response, dump_json
from shared.languages import MAX_LENGTH, Match, read_tag

ALLOW = "GET, HEAD, OPTIONS"

# `shared.lead.REFERENCE_ALPHABET`; a test holds the two together, because that module is not light to import.
REFERENCE_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"

_API = "/api/"
# Matches that only differ in how the published locale is spelt.
_SAME = ("exact", "equivalent")
_FOR_A_DAY = "private, max-age=86400"
# RFC 3986 section 3.4, and what is percent-encoded already.
_OF_A_QUERY = "!$&'()*+,;=:@/?%"


def answer(request: Request, site: CompiledSite) -> Response:
    """The response to any request."""
    return _across_origins(request, site, _answer(request, site))


def _answer(request: Request, site: CompiledSite) -> Response:
    find = _resource(request, site)
    if find is None:
        return _other_spelling(request, site) or _error(request, site, "not_found")
    if request.method == "OPTIONS":
        return Response(204, {"allow": ALLOW, "cache-control": "no-store"})
    if request.method not in ("GET", "HEAD"):
        refusal = _error(request, site, "method_not_allowed")
        return refusal._replace(headers={**refusal.headers, "allow": ALLOW})
    return find()


def failure(request: Request, load_site: Callable[[], CompiledSite]) -> Response:
    """The response when answering failed: the compiled page, or a bare sentence where that cannot be had either."""
    try:
        site = load_site()
        return _across_origins(request, site, _error(request, site, "internal_error"))
    except Exception:
        text = "<!DOCTYPE html><html lang=en><title>Error</title><p>Something went wrong. Please try again in a moment."
        return Response(500, {"content-type": HTML, "cache-control": "no-store"}, text.encode())


def _across_origins(request: Request, site: CompiledSite, response: Response) -> Response:
    """For other origins, if the practice allows any, the article API is there to be read."""
    if not site.allowed_origins or not request.path.startswith(_API):
        return response
    from shared.cross_origin import Use, readable

    return readable(request, response, site.allowed_origins, Use("GET, HEAD"))


def _resource(request: Request, site: CompiledSite) -> Callable[[], Response] | None:
    """What answers a GET of this path, or None where the path leads nowhere."""
    path = request.path
    if path in site.paths:
        return lambda: site.response(site.paths[path], read_tags(request.query))
    if path in site.negotiated:
        return lambda: _to_best_locale(request, site)
    if path in site.api:
        return lambda: _from_api(request, site)
    locale, _, rest = path[1:].partition("/")
    if rest.startswith("thank-you/") and locale in site.locales:
        from functions.content.spelling import is_time

        _, reference, *times = rest.split("/")
        if _is_reference(reference) and (not times or (len(times) == 1 and is_time(times[0]))):
            return lambda: _thank_you(site, locale, reference, *times)
    return None


def _thank_you(site: CompiledSite, locale: str, reference: str, promised: str = "") -> Response:
    if not promised:
        return site.thank_you(locale, reference=reference, promise="")
    from functions.content.promise import promise

    said = promise(promised, site.promises(locale), time())
    return site.thank_you(locale, reference=reference, promise=said)


def _to_best_locale(request: Request, site: CompiledSite) -> Response:
    target = site.negotiated[request.path]
    match = site.languages(target["languages"]).match_header(request.headers.get("accept-language"))
    return _varying(_redirect(302, request, target["to"][match.served], "private, no-store"))


def _from_api(request: Request, site: CompiledSite) -> Response:
    resource = site.api[request.path]
    languages, asked = site.languages(resource["languages"]), request.query.get("locale")
    if asked is None:
        match = languages.match_header(request.headers.get("accept-language"))
    elif len(asked) <= MAX_LENGTH and read_tag(asked, {}, {}):
        match = languages.match_tag(asked) or Match(asked, languages.default, "default")
    else:
        return _error(request, site, "unknown_locale")
    fallback = request.query.get("fallback")
    if fallback not in (None, "none"):
        return _error(request, site, "unknown_fallback")
    if fallback and match.kind not in _SAME:
        return _in_reader_language(request, site, resource["not_translated"])
    response = _document(site, resource["rows"][match.served], match)
    return response if asked is not None else _for_this_reader(_varying(response))


def _document(site: CompiledSite, row: int, match: Match) -> Response:
    """An API document that says what was asked for. Compiled is the one for exactly its own locale."""
    response = site.response(row)
    if match.kind == "exact" and match.requested == match.served:
        return response
    locale = {"requested": match.requested, "served": match.served, "match": match.kind}
    headers = dict(response.headers)
    headers["etag"] = f'{headers["etag"][:-1]}-{match.requested or ""}-{match.kind}"'
    return Response(200, headers, b'{"locale":' + dump_json(locale) + response.body[site.opening(row) :])


def _other_spelling(request: Request, site: CompiledSite) -> Response | None:
    """The redirect to the address that was meant."""
    if request.path.startswith(_API):
        # Programs ask here, and what they do to an address is a slash at its end.
        path = request.path.removesuffix("/")
        return _redirect(308, request, path, _FOR_A_DAY) if path in site.api else None
    from functions.content.spelling import meant

    found = meant(request.path, site)
    if not found or not _resource(request._replace(path=found.path), site):
        return None
    request = request._replace(raw_query="&".join(filter(None, (found.query, request.raw_query))))
    if found.match and found.match.kind not in _SAME:
        return _redirect(302, request, found.path, "private, no-store")
    return _redirect(308, request, found.path, _FOR_A_DAY)


def _error(request: Request, site: CompiledSite, code: str) -> Response:
    kind = "problem" if request.path.startswith(_API) else "page"
    return _in_reader_language(request, site, site.errors[code][kind])


def _in_reader_language(request: Request, site: CompiledSite, rows: dict[str, int]) -> Response:
    """One of `rows`, which are by locale: that of the address, or where it names none that of the reader."""
    is_api = request.path.startswith(_API)
    tag = request.query.get("locale", "") if is_api else request.path[1:].partition("/")[0]
    tags = read_tags(request.query)
    if match := site.languages().match_tag(tag):
        return site.response(rows[match.served], tags)
    served = site.languages().match_header(request.headers.get("accept-language")).served
    return _varying(site.response(rows[served], tags))


def _varying(response: Response) -> Response:
    return response._replace(headers={**response.headers, "vary": "accept-language"})


def _for_this_reader(response: Response) -> Response:
    # A delivery network may know nothing of languages, and hand on what it has when we cannot be reached.
    return response._replace(headers={**response.headers, "cache-control": "private, no-cache"})


def _is_reference(text: str) -> bool:
    letters = text[:4] + text[5:]
    return len(text) == 9 and text[4] == "-" and all(letter in REFERENCE_ALPHABET for letter in letters)


def _redirect(status: int, request: Request, path: str, cache_control: str) -> Response:
    # Never for shared caches: the query that is kept may be one reader's own.
    if request.raw_query:
        from urllib.parse import quote  # which loads a module for IPv6 addresses

        path = f"{path}?{quote(request.raw_query, safe=_OF_A_QUERY)}"
    return Response(status, {"location": path, "cache-control": cache_control})
