"""One exchange of every kind that the service knows: what httplint and the rules for all responses are shown."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from tests.browser.pages import ARTICLE, LOCALES, REFERENCE, Shown, fetch, good_fields, landing
from tests.browser.wire import Reply, ask, form

LAST: Final = LOCALES[-1]
GZIP: Final = {"Accept-Encoding": "gzip"}
BROTLI: Final = {"Accept-Encoding": "br"}
CODINGS: Final[Mapping[str, Mapping[str, str]]] = {"identity": {}, "gzip": GZIP, "br": BROTLI}

# Name -> address, for everything that answers GET with 200.
FILES: Final[Mapping[str, str]] = {
    "landing": landing(LAST),
    "references": Shown("references", LAST).path,
    "home": f"/{LAST}/",
    "thanks": f"/{LAST}/thank-you/{REFERENCE}",
    "sitemap": "/sitemap.xml",
    "robots": "/robots.txt",
    "openapi": "/openapi.json",
    "articles": "/api/articles",
    "articles in a language": f"/api/articles?locale={LAST}",
    "article": f"/api/articles/{ARTICLE}",
    "article in a language": f"/api/articles/{ARTICLE}?locale={LAST}",
}
# Name -> address and status, for every other answer to GET.
OTHERS: Final[Mapping[str, tuple[str, int]]] = {
    "best language": ("/", 302),
    "best language of article": (f"/articles/{ARTICLE}", 302),
    "other spelling": (f"/{LAST.swapcase()}/", 308),
    "no slash at the end": (f"/{LAST}", 308),
    "no such page": (f"/{LAST}/no-such-page", 404),
    "nothing like a page": ("/nothing%00like-a-page", 404),
    "no such article": ("/api/articles/no-such-article", 404),
    "not in this language": (f"/api/articles/{ARTICLE}?locale=zxx&fallback=none", 404),
    "no language": ("/api/articles?locale=12345", 400),
    "only for sending": ("/api/leads", 405),
}
JSON: Final = {"Content-Type": "application/json"}


def files(origin: str) -> dict[str, str]:
    """What `FILES` says, and each kind of asset that the landing page loads."""
    text = ask(origin, landing(LAST)).text
    assets = {each for each in text.replace("'", '"').split('"') if each.startswith("/assets/")}
    return {**FILES, **{f"asset.{each.rpartition('.')[2]}": each for each in sorted(assets)}}


def exchanges(origin: str) -> Iterator[tuple[str, Reply]]:
    """Every exchange, with its name."""
    for name, target in files(origin).items():
        for coding, headers in CODINGS.items():
            found = ask(origin, target, headers)
            yield f"GET {name}, {coding}", found
            yield f"HEAD {name}, {coding}", ask(origin, target, headers, method="HEAD")
            if etag := found["etag"]:
                yield f"GET {name}, {coding}, not modified", ask(origin, target, {**headers, "If-None-Match": etag})
        yield f"OPTIONS {name}", ask(origin, target, method="OPTIONS")
        yield f"DELETE {name}", ask(origin, target, method="DELETE")
    for name, (target, _) in OTHERS.items():
        yield f"GET {name}", ask(origin, target)
        yield f"GET {name}, gzip", ask(origin, target, GZIP)
        yield f"HEAD {name}", ask(origin, target, method="HEAD")
    yield from _submissions(origin)


def post(origin: str, body: object, **headers: str) -> Reply:
    """Send JSON to the API; underscores in header names stand for hyphens."""
    given = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(origin, "/api/leads", given, method="POST", body=json.dumps(body).encode())


def _submissions(origin: str) -> Iterator[tuple[str, Reply]]:
    yield "OPTIONS enquiry", ask(origin, "/api/leads", method="OPTIONS")
    yield "HEAD enquiry", ask(origin, "/api/leads", method="HEAD")
    fields = {**good_fields(LAST, "Every Kind"), "consent": True}
    yield "POST enquiry", post(origin, fields, idempotency_key='"every kind"')
    yield "POST enquiry again", post(origin, fields, idempotency_key='"every kind"')
    yield "POST other enquiry, same key", post(origin, {**fields, "name": "Other"}, idempotency_key='"every kind"')
    yield "POST wrong fields", post(origin, {"locale": LAST})
    yield "POST wrong fields, gzip", post(origin, {"locale": LAST}, **GZIP)
    yield "POST no JSON", ask(origin, "/api/leads", JSON, method="POST", body=b"{")
    yield "POST picture", ask(origin, "/api/leads", {"Content-Type": "image/png"}, method="POST", body=b"PNG")
    yield "POST too much", ask(origin, "/api/leads", JSON, method="POST", body=b" " * 20_000)
    headers, body = form(good_fields(LAST, "Every Kind of Form"))
    yield "POST form", ask(origin, "/api/leads", headers, method="POST", body=body)
    yield "POST wrong form", fetch(origin, Shown("errors", LAST))
    yield "POST wrong form, gzip", fetch(origin, Shown("errors", LAST), accept_encoding="gzip")
