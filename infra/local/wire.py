"""HTTP/1.1 on the wire: what a client may send, judged as strictly as a front door should, and how answers go out."""

import re
from collections.abc import Callable
from email.errors import FirstHeaderLineIsContinuationDefect, HeaderDefect, MissingHeaderBodySeparatorDefect
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import ClassVar
from urllib.parse import urlsplit

from infra.local.events import HttpRequest
from infra.local.responses import HttpResponse, gateway_error

MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's quota
MAX_HEADER_BYTES = 10_240  # API Gateway's quota: request line and header values together
_IDLE_SECONDS = 30.0
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 64 * 1024 * 1024

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FORBIDDEN_IN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n]*)?\r?\n")
_NO_BODY = frozenset([HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED])

Application = Callable[[HttpRequest], HttpResponse]


class BadRequest(Exception):
    """The request cannot be served.

    Args:
        status: What to answer. The connection closes after it, since where the next request starts is unknown.
    """

    def __init__(self, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(status.phrase)
        self.status = status


class RequestHandler(BaseHTTPRequestHandler):
    """Reads requests from one connection and answers each by the application. Subclass with ``application`` set."""

    application: ClassVar[Application]
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    wbufsize = -1  # one packet for head and body
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Reads one request and answers it."""
        self._expects_continue = False
        try:
            if self._read_request_line() and self.parse_request():
                if not _TOKEN.fullmatch(self.command):
                    raise BadRequest
                self._serve()
                self.wfile.flush()
        except BadRequest as error:
            self._refuse(error.status)
        except (TimeoutError, ConnectionError):
            self.close_connection = True

    def _read_request_line(self) -> bool:
        self.requestline, self.request_version, self.command = "", "", ""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return False
        if len(self.raw_requestline) > 65536:
            raise BadRequest(HTTPStatus.URI_TOO_LONG)
        if len(self.raw_requestline.split()) != 3:  # among them HTTP/0.9, which has no version
            raise BadRequest
        return True

    def _serve(self) -> None:
        check_headers(self.headers, self.requestline)
        request = HttpRequest(
            method=self.command,
            # Not self.path: http.server folds slashes at its start into one, API Gateway does not.
            target=origin_form(self.requestline.split()[1]),
            headers=[(name, _as_utf8(value)) for name, value in self.headers.items()],
            body=self._read_body(),
            source_ip=str(self.client_address[0]),
            protocol=self.request_version,
        )
        try:
            response = type(self).application(request)
        except Exception:  # a fault of the local stack's own: the client gets an answer, the terminal the traceback
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            raise
        self._send(response)

    def handle_expect_100(self) -> bool:
        """Notes that the client waits for a word before it sends its body."""
        # Answered when the body is wanted, so that one which is too large is refused before it is sent.
        self._expects_continue = True
        return True

    def _read_body(self) -> bytes:
        length = body_length(self.headers)
        if length is not None and length > MAX_BODY_BYTES:
            raise BadRequest(HTTPStatus.CONTENT_TOO_LARGE)
        if self._expects_continue and length != 0:
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers()
            self.wfile.flush()
        return self._read_chunks() if length is None else self._read_exactly(length)

    def _read_exactly(self, length: int) -> bytes:
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError("the client stopped in mid-body")
        return body

    def _read_chunks(self) -> bytes:
        """RFC 9112 section 7.1."""
        body = bytearray()
        while size := self._chunk_size():
            if len(body) + size > MAX_BODY_BYTES:
                raise BadRequest(HTTPStatus.CONTENT_TOO_LARGE)
            body += self._read_exactly(size)
            if self.rfile.readline(3) not in (b"\r\n", b"\n"):
                raise BadRequest
        for _ in range(100):  # trailers, which no function gets to see
            line = self.rfile.readline(8192)
            if not line.strip():
                return bytes(body)
        raise BadRequest

    def _chunk_size(self) -> int:
        line = _CHUNK_SIZE.fullmatch(self.rfile.readline(1024))
        if not line:
            raise BadRequest
        return int(line[1], 16)

    def _send(self, response: HttpResponse) -> None:
        self.send_response_only(response.status)
        self.send_header("Date", self.date_time_string())
        for name, value in response.headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        length = content_length(self.command, response)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and response.status not in _NO_BODY:
            self.wfile.write(response.body)

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self.request_version = self.protocol_version  # what was read so far may say HTTP/0.9, which has no head
        try:
            self._send(gateway_error(status))
            self.wfile.flush()
            self._linger()
        except OSError:
            pass  # the client did not wait for its answer

    def _linger(self) -> None:
        """Takes what is still coming: closing on unread data resets the connection and the answer is lost with it."""
        self.connection.settimeout(_LINGER_SECONDS)
        remaining = _LINGER_BYTES
        while remaining > 0 and (data := self.rfile.read1(65536)):
            remaining -= len(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Called by the base class where it cannot parse a request."""
        self.command = self.command or "GET"
        self._refuse(HTTPStatus(code))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Silent: functions log for themselves."""


_HEADER_DEFECTS = (FirstHeaderLineIsContinuationDefect, HeaderDefect, MissingHeaderBodySeparatorDefect)


def check_headers(headers: Message, request_line: str) -> None:
    """Refuses what RFC 9112 calls invalid and what is over API Gateway's quota.

    Raises:
        BadRequest: 400 or 431.
    """
    # The parser is one for mail and also misses the parts of a multipart body, which is not its to read here.
    malformed = [defect for defect in headers.defects if isinstance(defect, _HEADER_DEFECTS)]
    if malformed or not all(_TOKEN.fullmatch(name) for name in headers):
        raise BadRequest
    if any(_FORBIDDEN_IN_VALUE.search(value) for value in headers.values()):
        raise BadRequest
    if len(headers.get_all("Host", [])) > 1 or ("Host" not in headers and request_line.endswith("HTTP/1.1")):
        raise BadRequest
    if len(request_line) + sum(len(value) for value in headers.values()) > MAX_HEADER_BYTES:
        raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def body_length(headers: Message) -> int | None:
    """The body's length in bytes, or None when it comes in chunks (RFC 9112 section 6.3).

    Raises:
        BadRequest: The length is malformed, contradicts itself, or stands beside a transfer coding.
    """
    coding = headers.get_all("Transfer-Encoding", [])
    lengths = {part.strip() for value in headers.get_all("Content-Length", []) for part in value.split(",")}
    if coding:
        if lengths or [value.strip().lower() for value in coding] != ["chunked"]:
            raise BadRequest
        return None
    if not lengths:
        return 0
    if len(lengths) > 1 or not (length := lengths.pop()).isascii() or not length.isdigit() or len(length) > 18:
        raise BadRequest
    return int(length)


def origin_form(target: str) -> str:
    """A request target without scheme and host, non-ASCII bytes percent-encoded.

    Raises:
        BadRequest: It is neither a path nor an absolute URL.
    """
    if not target.startswith("/"):
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https"):
            raise BadRequest
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = target.partition("#")[0]
    return "".join(c if " " < c < "\x7f" else f"%{ord(c):02X}" for c in target)


def content_length(method: str, response: HttpResponse) -> int | None:
    """What Content-Length to send, or None for no such header.

    A HEAD answer keeps the function's own, which tells the length that GET would have (RFC 9110 section 8.6).
    """
    own = next((value for name, value in response.headers if name.lower() == "content-length"), "")
    if response.status in _NO_BODY:
        return None
    if method == "HEAD" and own.isascii() and own.isdigit():
        return int(own)
    return len(response.body)


def _as_utf8(value: str) -> str:
    """The header value that was sent as UTF-8, if it was: http.client reads Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
