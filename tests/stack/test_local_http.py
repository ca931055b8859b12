"""The local stack's HTTP, on the wire."""

import json
import socket
from http.client import HTTPConnection

import pytest

from infra.local.stack import LocalStack
from tests.stack.asking import ask, get


def raw(stack: LocalStack, request: bytes) -> bytes:
    """Everything the server says to these bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


HEAD = b"POST /event HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"


def test_a_body_in_chunks_arrives_whole(stack: LocalStack) -> None:
    chunks = b"4;ext=1\r\nab\r\n\r\n3\r\ncde\r\n0\r\nTrailer: x\r\n\r\n"

    answer = raw(stack, HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks)

    head, _, body = answer.partition(b"\r\n\r\n")
    event = json.loads(body)
    assert head.startswith(b"HTTP/1.1 200")
    assert event["body"] == "ab\r\ncde"
    assert event["headers"]["content-length"] == "7"


def test_a_client_that_expects_to_be_asked_is_asked(stack: LocalStack) -> None:
    with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ok")
        assert connection.recv(1024).startswith(b"HTTP/1.1 200")


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(stack: LocalStack) -> None:
    answer = raw(stack, HEAD + b"Expect: 100-continue\r\nContent-Length: 10485761\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413")
    assert answer.endswith(b'{"message": "Request Entity Too Large"}')


def test_a_body_that_is_too_large_is_refused_also_when_it_comes_all_the_same(stack: LocalStack) -> None:
    body = b"x" * 11_000_000

    assert ask(stack, "POST", "/event", body).status == 413
    assert raw(stack, HEAD + b"Transfer-Encoding: chunked\r\n\r\nA7D8C0\r\n" + body).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),  # TLS
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 10_240 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (HEAD + b"Content-Length: two\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nnot a size\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400),
    ],
)
def test_what_is_not_http_gets_an_error_and_no_function_sees_it(
    stack: LocalStack, request_bytes: bytes, status: int
) -> None:
    answer = raw(stack, request_bytes)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Length: " in answer
    assert b"\r\nDate: " in answer


def test_clients_that_go_away_do_no_harm(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    for request in (b"", b"GET", HEAD, HEAD + b"Content-Length: 100\r\n\r\nabc", HEAD + b"Content-Length: 0\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", stack.port)) as connection:
            connection.sendall(request)

    assert get(stack, "/").status == 200
    assert capsys.readouterr().err == ""


def test_a_connection_serves_one_request_after_another(stack: LocalStack) -> None:
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=20)
    answers = []
    for method in ("GET", "HEAD", "POST", "PROPFIND"):
        connection.request(method, "/event")
        response = connection.getresponse()
        answers.append((response.status, len(response.read()) > 0, connection.sock))
    connection.close()

    assert [answer[:2] for answer in answers] == [(200, True), (200, False), (200, True), (200, True)]
    assert len({answer[2] for answer in answers}) == 1


def test_requests_in_a_row_are_answered_in_that_order(stack: LocalStack) -> None:
    request = b"GET /event?n=%d HTTP/1.1\r\nHost: localhost\r\n\r\n"

    answer = raw(stack, request % 1 + request % 2)

    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b'"rawQueryString": "n=1"') < answer.index(b'"rawQueryString": "n=2"')
