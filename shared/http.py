"""HTTP as the RFCs have it: one way to read a request, one way to finish a response.

Powertools' resolver is not used for this: it answers `gzip;q=0` with gzip, sends no `Vary`, never answers 304, and
knows neither HEAD nor 405. Both functions that face the web finish every response here instead.

This module is on the content function's cold path, so it imports only what the Lambda runtime has loaded already.
"""

import json
import zlib
from binascii import a2b_base64, b2a_base64  # which base64 calls, and loads struct besides
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from shared.errors import FieldError

JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json; charset=utf-8"
HTML = "text/html; charset=utf-8"
POLICY = "content-security-policy"


def content_security_policy(*styles: str) -> str:
    """What a page may load: this site's files, and of the styles that stand in it those with one of these hashes."""
    return (
        f"default-src 'none'; script-src 'self'; style-src {' '.join(("'self'", *styles))}; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


SECURITY_HEADERS: Mapping[str, str] = {
    # Without includeSubDomains: at an apex domain it would bind every other host of the practice for two years.
    "strict-transport-security": "max-age=63072000",
    POLICY: content_security_policy(),
    "x-content-type-options": "nosniff",
    # The address of a health page says something about its reader: other sites are not told it.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

# Below this a compressed answer still fills the same single packet.
_WORTH_COMPRESSING_BYTES = 1024
_COMPRESSIBLE = ("text/", "application/json", "application/problem+json", "application/xml", "image/svg+xml")
# RFC 9110 section 15.4.5: what a 304 must repeat; the rest describes a body that is not there.
_ABSENT_FROM_304 = ("content-type", "content-length", "content-language", "content-encoding")


class Request(NamedTuple):
    """A request as API Gateway hands it over (HTTP API, payload format 2.0), header names in lower case.

    `query` has the values decoded, those of a repeated name joined by commas; `raw_query` is as the client wrote it.
    Of cookies with the same name, the browser's first counts: the one for the most exact path (RFC 6265 section 5.4).
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    raw_query: str = ""
    cookies: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event; nothing that a client sends makes it fail.

        API Gateway has percent-decoded the path already; a second time would decode what is text.

        Returns:
            The request. Half a surrogate pair, which an event's JSON can hold and no encoding can, is U+FFFD in it:
            all that is read can be written.
        """
        http = event.get("requestContext", {}).get("http", {})
        return cls(
            method=http.get("method", "").upper(),
            path=_encodable(event.get("rawPath") or "/"),
            query={_encodable(name): _encodable(value) for name, value in _items(event, "queryStringParameters")},
            headers={name.lower(): _encodable(value) for name, value in _items(event, "headers")},
            body=_body(event.get("body") or "", is_base64=event.get("isBase64Encoded", False)),
            raw_query=_encodable(event.get("rawQueryString") or ""),
            cookies=_cookies(event.get("cookies") or ()),
        )


class Response(NamedTuple):
    """An answer before it is finished.

    `codings` has the body as compressed ahead of time, where it was: by content coding, the one that we prefer first,
    what reads it. `cookies` are the values of `Set-Cookie`, each its own.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    codings: Mapping[str, Callable[[], bytes]] = MappingProxyType({})
    cookies: Sequence[str] = ()


def finish(request: Request, response: Response) -> dict[str, Any]:
    """Finish a response: content coding, validators, 304, HEAD, security headers, cookies.

    An `etag` among the headers names the representation; each coding of it gets a tag of its own, because they are
    different bytes (RFC 9110 section 8.8.3). Conditional requests are answered for 200s alone.

    Returns:
        The result for API Gateway (HTTP API, payload format 2.0).
    """
    headers = {**SECURITY_HEADERS, **response.headers}
    status, body = response.status, response.body
    if _is_compressible(response):
        headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "accept-encoding")))
        # What was made for this request is compressed with what Python brings along.
        offered = response.codings or {"gzip": partial(compress, body)}
        if coding := chosen_coding(request.headers.get("accept-encoding", ""), offered):
            body = offered[coding]()
            headers["content-encoding"] = coding
            if etag := headers.get("etag"):
                headers["etag"] = f'{etag[:-1]}-{coding}"'
    if status == 200 and request.method in ("GET", "HEAD") and _not_modified(request, headers.get("etag")):
        headers = {name: value for name, value in headers.items() if name not in _ABSENT_FROM_304}
        return _result(304, headers, b"") | _set(response.cookies)
    if status not in (204, 304):
        headers["content-length"] = str(len(body))
    base64 = _kept_base64 if response.codings else _base64
    return _result(status, headers, b"" if request.method == "HEAD" else body, base64) | _set(response.cookies)


def problem(
    status: int, code: str, *, title: str, detail: str, locale: str, errors: Sequence[FieldError] = ()
) -> Response:
    """An RFC 9457 problem. `title`, `detail` and each error's `detail` are in `locale`; `code` never changes."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        document["errors"] = [error._asdict() for error in errors]
    headers = {"content-type": PROBLEM, "content-language": locale, "cache-control": "no-store"}
    return Response(status, headers, dump_json(document))


def dump_json(document: object) -> bytes:
    """JSON in UTF-8, as small as it gets."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def quality_values(header: str) -> Iterator[tuple[str, float]]:
    """Read an `Accept-*` list.

    Yields:
        Each member in lower case, with its weight (RFC 9110 section 12.4.2). A malformed weight counts as 0, not
        acceptable: guessing 1 would serve what was perhaps refused.
    """
    for member in header.lower().split(","):
        name, *parameters = (part.strip() for part in member.split(";"))
        if not name:
            continue
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = _weight(value.strip())
        yield name, weight


def chosen_coding(header: str, offered: Iterable[str]) -> str:
    """Which content coding an `Accept-Encoding` value would have (RFC 9110 section 12.5.3).

    Args:
        header: The value, empty where there is none.
        offered: The codings that there are, the one that we prefer first: of those with the same weight it is taken.

    Returns:
        One of `offered`, or nothing where none is accepted, or none at all is liked better.
    """
    weights = dict(quality_values(header))
    if "x-gzip" in weights:  # the same coding by its old name, RFC 9110 section 8.4.1.3
        weights.setdefault("gzip", weights["x-gzip"])
    weighed = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in offered}
    best = max(weighed, key=weighed.__getitem__)
    return best if weighed[best] > 0 and weighed[best] >= weights.get("identity", 0.0) else ""


def is_worth_compressing(body: bytes, content_type: str) -> bool:
    """Whether a content coding of `body` saves a packet."""
    return len(body) >= _WORTH_COMPRESSING_BYTES and content_type.startswith(_COMPRESSIBLE)


def compress(body: bytes, level: int = 6) -> bytes:
    """The gzip coding of `body`, without a time of compression: the same body always gives the same bytes."""
    # wbits 31 writes the gzip container; the gzip module would be one more import for the same bytes.
    compressor = zlib.compressobj(level, zlib.DEFLATED, 31)
    return compressor.compress(body) + compressor.flush()


def prefers_html(request: Request) -> bool:
    """Whether a person's browser is asking: `Accept` names HTML and does not rank JSON above it."""
    weights = dict(quality_values(request.headers.get("accept", "")))
    return weights.get("text/html", 0.0) > weights.get("application/json", 0.0)


def _items(event: Mapping[str, Any], member: str) -> Iterable[tuple[str, str]]:
    return (event.get(member) or {}).items()


def _cookies(pairs: Sequence[str]) -> Mapping[str, str]:
    # API Gateway takes them out of the headers, one text for each.
    split = (_encodable(pair).partition("=") for pair in reversed(pairs))
    return {name.strip(): value.strip() for name, _, value in split}


def _set(cookies: Sequence[str]) -> dict[str, Any]:
    # Several `Set-Cookie` headers cannot be joined to one (RFC 9110 section 5.3): the result has a member for them.
    return {"cookies": list(cookies)} if cookies else {}


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _body(text: str, *, is_base64: bool) -> bytes:
    if is_base64:
        try:
            return a2b_base64(text)
        except ValueError:
            pass  # read as it is, it will be refused for what it is not
    return text.encode("utf-8", "surrogatepass")


def _weight(text: str) -> float:
    whole, _, fraction = text.partition(".")
    if whole not in ("0", "1") or len(fraction) > 3 or not (fraction + "0").isascii() or not (fraction + "0").isdigit():
        return 0.0
    return min(float(f"{whole}.{fraction or 0}"), 1.0)


def _is_compressible(response: Response) -> bool:
    return bool(response.codings) or is_worth_compressing(response.body, response.headers.get("content-type", ""))


def _not_modified(request: Request, etag: str | None) -> bool:
    """RFC 9110 section 13.1.2: weak comparison against a list of tags, or `*` for any."""
    condition = request.headers.get("if-none-match")
    if condition is None or etag is None:
        return False
    if condition.strip() == "*":
        return True
    return any(tag.strip().removeprefix("W/") == etag for tag in condition.split(","))


def _base64(body: bytes) -> str:
    return b2a_base64(body, newline=False).decode()


# For pages as compiled, where it is half of the work. Never for what was made for one visitor.
_kept_base64 = lru_cache(maxsize=64)(_base64)


def _result(
    status: int, headers: Mapping[str, str], body: bytes, base64: Callable[[bytes], str] = _base64
) -> dict[str, Any]:
    if not body:
        return {"statusCode": status, "headers": dict(headers), "body": "", "isBase64Encoded": False}
    if "content-encoding" not in headers and headers.get("content-type", "").startswith(_COMPRESSIBLE):
        return {"statusCode": status, "headers": dict(headers), "body": body.decode(), "isBase64Encoded": False}
    return {"statusCode": status, "headers": dict(headers), "body": base64(body), "isBase64Encoded": True}
