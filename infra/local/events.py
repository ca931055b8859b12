"""HTTP requests as Lambda events: API Gateway HTTP APIs, payload format version 2.0.

Where AWS's documentation is silent, this follows what the service was seen to do: a path arrives decoded, cookies
leave the headers, and a body is text only for the media types in :func:`is_text`, form posts not among them.
"""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from infra.local.http_messages import HttpRequest
from infra.local.routes import Match
from infra.local.template import ACCOUNT_ID

_HOP_BY_HOP = frozenset(
    ["connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"]
)
_TEXT_TYPES = frozenset(["application/json", "application/xml", "application/javascript"])
# English whatever the locale, which strftime's %b would follow.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def build(request: HttpRequest, match: Match, *, port: int, request_id: str, now: datetime) -> dict[str, Any]:
    """The event that API Gateway, listening on this port, hands to the function of the route that was chosen."""
    body, is_base64 = encode_body(request.body, request.header("content-type"))
    cookies = "; ".join(value for name, value in request.headers if name.lower() == "cookie").split(";")
    optional = {
        "cookies": [cookie.strip() for cookie in cookies if cookie.strip()],
        "queryStringParameters": query_parameters(request.query),
        "pathParameters": match.path_parameters,
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": _headers(request, port),
        "requestContext": _context(request, match, request_id, now.astimezone(UTC)),
        "isBase64Encoded": is_base64,
        **{name: value for name, value in optional.items() if value},
    }


def is_text(content_type: str | None) -> bool:
    """Whether API Gateway passes a body of this media type as text; every other is passed as base64."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT_TYPES


def encode_body(body: bytes, content_type: str | None) -> tuple[str, bool]:
    """A body as an event carries it, and whether that is base64. Broken UTF-8 is base64 whatever its type."""
    if is_text(content_type):
        try:
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode("ascii"), bool(body)


def query_parameters(query: str) -> dict[str, str]:
    """The query decoded, the values of a repeated name comma-joined."""
    return _joined(parse_qsl(query, keep_blank_values=True, errors="replace"))


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _headers(request: HttpRequest, port: int) -> dict[str, str]:
    lower = [(name.lower(), value) for name, value in request.headers]
    headers = _joined([(name, value) for name, value in lower if name not in _HOP_BY_HOP and name != "cookie"])
    if request.body or "content-length" in headers:
        headers["content-length"] = str(len(request.body))
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {request.source_ip}" if forwarded else request.source_ip
    return headers | {"x-forwarded-port": str(port), "x-forwarded-proto": "http"}


def _context(request: HttpRequest, match: Match, request_id: str, now: datetime) -> dict[str, Any]:
    host = request.header("host") or ""
    domain = host.rpartition(":")[0] if ":" in host else host
    return {
        "accountId": ACCOUNT_ID,
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent") or "",
        },
        "requestId": request_id,
        "routeKey": match.route.key,
        "stage": "$default",
        "time": f"{now:%d}/{_MONTHS[now.month - 1]}/{now:%Y:%H:%M:%S} +0000",
        "timeEpoch": int(now.timestamp() * 1000),
    }
