import socket
from collections.abc import Iterator

import pytest

from infra.local.http_messages import HttpRequest, HttpResponse
from infra.local.wire import BadRequest, Connection, content_length, origin_form


class Server:
    """One connection, its other end in the test's hands."""

    max_body_bytes = 1_000

    def __init__(self) -> None:
        self.client, self.socket = socket.socketpair()
        self.heard: list[HttpRequest] = []
        self.answer = HttpResponse(200, [("x-a", "1")], b"ok")

    def application(self, request: HttpRequest) -> HttpResponse:
        self.heard.append(request)
        return self.answer

    def told(self, request: bytes) -> bytes:
        """All that it answers to these bytes."""
        self.client.sendall(request)
        self.client.shutdown(socket.SHUT_WR)
        Connection(self.socket, ("127.0.0.9", 1), self)  # type: ignore[arg-type]  # has all that it asks of a server
        self.socket.close()
        return b"".join(iter(lambda: self.client.recv(65_536), b""))


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.client.close()
    made.socket.close()


def test_a_request_is_handed_on_as_it_was_sent(server: Server) -> None:
    lines = [
        b"POST //a%2Fb?c=%20 HTTP/1.1",
        b"Host: x",
        b"X_Y: a\tb",
        b"x-y: \xc3\xa9",
        b"X-Y: \xff",
        b"Content-Length: 2",
    ]

    server.told(b"\r\n".join([*lines, b"", b"hi"]))

    headers = [("Host", "x"), ("X_Y", "a\tb"), ("x-y", "é"), ("X-Y", "ÿ"), ("Content-Length", "2")]
    assert server.heard == [HttpRequest("POST", "//a%2Fb?c=%20", headers, b"hi", "127.0.0.9", "HTTP/1.1")]


def test_an_answer_has_a_date_and_its_real_length(server: Server) -> None:
    server.answer = HttpResponse(299, [("content-length", "77"), ("x-a", "é"), ("x-a", "2")], b"body")

    head, _, body = server.told(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")

    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 299 "
    assert lines[1].startswith(b"Date: ")
    assert lines[2:] == [b"x-a: \xe9", b"x-a: 2", b"Content-Length: 4"]
    assert body == b"body"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"Host: b", 400),
        (b"no colon", 400),
        (b"X : 1", 400),
        (b"X: \x01", 400),
        (b"X: " + b"x" * 10_240, 431),
        (b"Content-Length: -1", 400),
        (b"Content-Length: +1", 400),
        (b"Content-Length: 0x10", 400),
        (b"Content-Length: ", 400),
        (b"Content-Length: 1\r\nContent-Length: 2", 400),
        (b"Content-Length: \xb2", 400),
        (b"Content-Length: " + b"9" * 5_000, 400),
        (b"Content-Length: 1001", 413),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 1", 400),
        (b"Transfer-Encoding: gzip", 501),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 501),
    ],
)
@pytest.mark.parametrize("method", [b"POST", b"HEAD"])
def test_a_head_against_the_standard_or_over_the_quota_is_refused(
    server: Server, method: bytes, line: bytes, status: int
) -> None:
    answer = server.told(method + b" / HTTP/1.1\r\nHost: a\r\n" + line + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nConnection: close\r\n" in answer
    assert server.heard == []


@pytest.mark.parametrize("request_line", [b"GET /a", b"GET  /a HTTP/1.1", b"GET /\xc3\xa9 HTTP/1.1", b"GET * HTTP/1.1"])
def test_a_request_line_that_is_none_is_refused(server: Server, request_line: bytes) -> None:
    assert server.told(request_line + b"\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert server.heard == []


def test_a_fault_of_the_stacks_own_is_a_500_and_is_raised(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: HttpRequest) -> HttpResponse:
        raise LookupError("on purpose")

    monkeypatch.setattr(server, "application", fail)

    with pytest.raises(LookupError):
        server.told(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert server.client.recv(65_536).startswith(b"HTTP/1.1 500 ")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/a?b", "/a?b"),
        ("http://localhost/a?b", "/a?b"),
        ("http://localhost", "/"),
        ("/a#b", "/a"),
    ],
)
def test_targets_are_brought_into_origin_form(target: str, expected: str) -> None:
    assert origin_form(target) == expected


@pytest.mark.parametrize("target", ["*", "localhost:443", "ftp://localhost/"])
def test_targets_without_a_path_are_refused(target: str) -> None:
    with pytest.raises(BadRequest):
        origin_form(target)


def test_an_answer_to_head_keeps_the_length_that_get_would_have() -> None:
    response = HttpResponse(200, [("content-length", "123")])

    assert content_length("HEAD", response) == 123
    assert content_length("GET", response) == 0


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body_announce_no_length(status: int) -> None:
    assert content_length("GET", HttpResponse(status, [("content-length", "5")])) is None
