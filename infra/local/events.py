"""HTTP requests as Lambda events: API Gateway HTTP APIs, payload format version 2.0.

Where AWS's documentation is silent, this follows what the service was seen to do: a path arrives decoded, cookies
leave the headers, and a body is text only for the media types in :func:`is_text`, form posts not among them.
"""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from infra.local.routes import Match

_HOP_BY_HOP = frozenset(
    ["connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"]
)
_TEXT_TYPES = frozenset(["application/json", "application/xml", "application/javascript"])


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire.

    Attributes:
        method: Upper case.
        target: Origin form, still encoded: ``/a%20b?c=d``.
        headers: In order, names as sent.
        body: Decoded from chunks, never from a content coding.
        source_ip: The client's address.
        protocol: ``HTTP/1.1`` or ``HTTP/1.0``.
    """

    method: str
    target: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"

    @property
    def raw_path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        """The path, percent-decoded once.

        Raises:
            UnicodeDecodeError: It is not UTF-8.
        """
        return unquote_to_bytes(self.raw_path).decode("utf-8")

    @property
    def query(self) -> str:
        """The query as sent, without its question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The values of a header, comma-joined, or None."""
        values = [value for key, value in self.headers if key.lower() == name]
        return ",".join(values) if values else None


@dataclass(frozen=True)
class Gateway:
    """What the API itself contributes to an event."""

    account_id: str
    api_id: str
    port: int


def build(request: HttpRequest, match: Match, gateway: Gateway, *, request_id: str, now: datetime) -> dict[str, Any]:
    """The event that API Gateway hands to the function of a route.

    Args:
        request: The client's request.
        match: The route chosen for it.
        gateway: The API's own identity.
        request_id: API Gateway's id for the request.
        now: When it arrived, with a time zone.
    """
    body, is_base64 = encode_body(request.body, request.header("content-type"))
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": _headers(request, gateway),
        "requestContext": _context(request, match, gateway, request_id, now.astimezone(UTC)),
        "isBase64Encoded": is_base64,
    }
    if cookies := _cookies(request):
        event["cookies"] = cookies
    if query := query_parameters(request.query):
        event["queryStringParameters"] = query
    if match.path_parameters:
        event["pathParameters"] = match.path_parameters
    if request.body:
        event["body"] = body
    return event


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
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _headers(request: HttpRequest, gateway: Gateway) -> dict[str, str]:
    headers: dict[str, str] = {}
    for sent_name, value in request.headers:
        name = sent_name.lower()
        if name not in _HOP_BY_HOP and name != "cookie":
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    if request.body or "content-length" in headers:
        headers["content-length"] = str(len(request.body))
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {request.source_ip}" if forwarded else request.source_ip
    headers["x-forwarded-port"] = str(gateway.port)
    headers["x-forwarded-proto"] = "http"
    return headers


def _cookies(request: HttpRequest) -> list[str]:
    header = "; ".join(value for name, value in request.headers if name.lower() == "cookie")
    return [cookie for cookie in (part.strip() for part in header.split(";")) if cookie]


def _context(request: HttpRequest, match: Match, gateway: Gateway, request_id: str, now: datetime) -> dict[str, Any]:
    host = request.header("host") or ""
    domain = host.rpartition(":")[0] if ":" in host else host
    return {
        "accountId": gateway.account_id,
        "apiId": gateway.api_id,
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
        # English month names whatever the locale, which strftime's %b would follow.
        "time": f"{now:%d}/{_MONTHS[now.month - 1]}/{now:%Y:%H:%M:%S} +0000",
        "timeEpoch": int(now.timestamp() * 1000),
    }


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
