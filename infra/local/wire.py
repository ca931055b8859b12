"""HTTP/1.1 on the loopback interface: h11 reads and writes it, in API Gateway's limits.

As strict as a front door should be, and stopped without a thread or a socket left behind.
"""

import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import urlsplit

import h11

from infra.local.http_messages import Application, HttpRequest, HttpResponse, gateway_error

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's quota
MAX_HEADER_BYTES = 10_240  # API Gateway's quota: request line and header values together
_MAX_HEADERS = 100
_MAX_LINE_BYTES = 65_536
_IDLE_SECONDS = 30.0
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 64 * 1024 * 1024
_FORBIDDEN_IN_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110 section 5.5; h11 lets some of them pass
_NO_BODY = frozenset([HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED])


class LoopbackServer(ThreadingTCPServer):
    """An HTTP server on a port of 127.0.0.1, or on any that is free for 0, with one thread per connection.

    It holds its port at once, so that early clients wait; it answers from :meth:`start` on.

    Raises:
        OSError: The port is taken.
    """

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, application: Application, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.application = application
        self.max_body_bytes = max_body_bytes
        self._open: set[socket.socket] = set()
        self._serving = threading.Thread(target=self.serve_forever, args=(0.1,), name="http", daemon=True)
        super().__init__((LOOPBACK, port), Connection)
        self.port = int(self.server_address[1])
        self.address = f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Serves in a thread of its own until :meth:`stop`."""
        self._serving.start()

    def stop(self) -> None:
        """Closes the listening socket and every connection, and waits for their threads."""
        if self._serving.is_alive():
            self.shutdown()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serves a connection in a thread of its own."""
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Closes a connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of ours and stays visible."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class BadRequest(Exception):
    """The request cannot be served; the connection closes, since where the next request starts is unknown."""

    def __init__(self, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(status.phrase)
        self.status = status


class Connection(BaseRequestHandler):
    """Reads requests from one socket and answers each by the server's application."""

    server: LoopbackServer
    request: socket.socket

    def setup(self) -> None:
        """Begins."""
        self._method = ""
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_LINE_BYTES)

    def handle(self) -> None:
        """Answers one request after another, until either side has had enough."""
        self.request.settimeout(_IDLE_SECONDS)
        try:
            while self._answer_one():
                self._http.start_next_cycle()
        except BadRequest as error:
            self._refuse(error.status)
        except h11.RemoteProtocolError as error:
            line, end, _ = bytes(self._http.trailing_data[0]).partition(b"\n")
            too_long = not end and len(line) > _MAX_LINE_BYTES
            self._refuse(HTTPStatus.URI_TOO_LONG if too_long else HTTPStatus(error.error_status_hint))
        except OSError:
            pass  # the client went away, or has had its time

    def _answer_one(self) -> bool:
        """Reads a request and answers it; whether another one may follow."""
        head = self._next()
        if not isinstance(head, h11.Request):
            return False
        self._method = head.method.decode()
        check_head(head)
        request = HttpRequest(
            method=self._method,
            target=origin_form(head.target.decode()),
            headers=[(name.decode(), _text(value)) for name, value in head.headers.raw_items()],
            body=self._read_body(head),
            source_ip=self.client_address[0],
            protocol=f"HTTP/{head.http_version.decode()}",
        )
        try:
            response = self.server.application(request)
        except ConnectionError:
            return False
        except Exception:  # a fault of the local stack's own: the client gets an answer, the terminal the traceback
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            raise
        self._send(response)
        return self._http.our_state is h11.DONE

    def _next(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=HTTPStatus.CONTINUE, headers=[], reason=b"Continue")
                self.request.sendall(self._http.send(go_on))
            self._http.receive_data(self.request.recv(_MAX_LINE_BYTES))
        return event  # type: ignore[return-value]  # NEED_DATA is what the loop waits out

    def _read_body(self, head: h11.Request) -> bytes:
        announced = dict(head.headers).get(b"content-length", b"0")
        body = bytearray()
        if int(announced) > self.server.max_body_bytes:  # before the client is told to go on and send it
            raise BadRequest(HTTPStatus.CONTENT_TOO_LARGE)
        while isinstance(event := self._next(), h11.Data):
            body += event.data
            if len(body) > self.server.max_body_bytes:
                raise BadRequest(HTTPStatus.CONTENT_TOO_LARGE)
        return bytes(body)

    def _send(self, response: HttpResponse, *more: tuple[str, str]) -> None:
        headers = [("Date", formatdate(usegmt=True)), *response.headers, *more]
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        if (length := content_length(self._method, response)) is not None:
            headers.append(("Content-Length", str(length)))
        self.request.sendall(b"".join(self._written(response, headers)))

    def _written(self, response: HttpResponse, headers: list[tuple[str, str]]) -> Iterator[bytes]:
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        reason = HTTPStatus(response.status).phrase.encode() if response.status in set(HTTPStatus) else b""
        yield self._http.send(h11.Response(status_code=response.status, headers=encoded, reason=reason)) or b""
        if self._method != "HEAD" and response.status not in _NO_BODY:
            yield self._http.send(h11.Data(data=response.body)) or b""
        yield self._http.send(h11.EndOfMessage()) or b""

    def _refuse(self, status: HTTPStatus) -> None:
        with suppress(OSError):  # the client need not wait for its answer
            if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                self._send(gateway_error(status), ("Connection", "close"))
                self._linger()

    def _linger(self) -> None:
        """Takes what is still coming: closing on unread data resets the connection and the answer is lost with it."""
        self.request.settimeout(_LINGER_SECONDS)
        remaining = _LINGER_BYTES
        while remaining > 0 and (data := self.request.recv(_MAX_LINE_BYTES)):
            remaining -= len(data)


def check_head(head: h11.Request) -> None:
    """Refuses what h11 lets pass: other versions, ambiguous lengths, control characters, what is over the quota.

    Raises:
        BadRequest: 400, 414, 431 or 505.
    """
    names = [name for name, _ in head.headers]
    if head.http_version not in (b"1.0", b"1.1"):
        raise BadRequest(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
    if b"transfer-encoding" in names and b"content-length" in names:  # RFC 9112 section 6.1: how smuggling begins
        raise BadRequest
    if any(_FORBIDDEN_IN_VALUE.search(value) for _, value in head.headers):
        raise BadRequest
    if len(head.target) > _MAX_LINE_BYTES:
        raise BadRequest(HTTPStatus.URI_TOO_LONG)
    size = len(head.method) + len(head.target) + sum(len(value) for _, value in head.headers)
    if size > MAX_HEADER_BYTES or len(names) > _MAX_HEADERS:
        raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def origin_form(target: str) -> str:
    """A request target without scheme, host and fragment.

    Raises:
        BadRequest: It is neither a path nor an absolute URL.
    """
    if not target.startswith("/"):
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https"):
            raise BadRequest
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return target.partition("#")[0]


def content_length(method: str, response: HttpResponse) -> int | None:
    """What Content-Length to send, or None for no such header.

    A HEAD answer keeps the function's own, which tells the length that GET would have (RFC 9110 section 8.6).
    """
    own = next((value for name, value in response.headers if name.lower() == "content-length"), "")
    if response.status in _NO_BODY:
        return None
    return int(own) if method == "HEAD" and own.isascii() and own.isdigit() else len(response.body)


def _text(value: bytes) -> str:
    """A header value: UTF-8 where it is, else Latin-1."""
    try:
        return value.decode("utf-8")
    except UnicodeError:
        return value.decode("latin-1")
