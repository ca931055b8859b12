"""HTTP requests and responses, as the local stack's parts hand them to each other."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

# Where API Gateway still says what the standard said before.
_GATEWAY_WORDS = {HTTPStatus.CONTENT_TOO_LARGE: "Request Entity Too Large"}


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire.

    The target is in origin form and still encoded: ``/a%20b?c=d``. Headers are in order, with names as sent. The body
    is decoded from chunks, never from a content coding.
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
class HttpResponse:
    """A response ready for the wire, but for Date and the connection's own headers; a HEAD's body is not sent."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


Application = Callable[[HttpRequest], HttpResponse]
"""Answers a request. A ``ConnectionError`` from it ends the connection without an answer."""


def gateway_error(status: HTTPStatus) -> HttpResponse:
    """An error in API Gateway's own words."""
    body = json.dumps({"message": _GATEWAY_WORDS.get(status, status.phrase)})
    return HttpResponse(status, [("content-type", "application/json")], body.encode())


def call_wsgi(application: object, request: HttpRequest) -> HttpResponse:
    """What a WSGI application answers."""
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    environ = EnvironBuilder(request.target, method=request.method, headers=request.headers, data=request.body)
    chunks, status, headers = run_wsgi_app(application, environ.get_environ(), buffered=True)  # type: ignore[arg-type]
    return HttpResponse(int(status.partition(" ")[0]), list(headers), b"".join(chunks))
