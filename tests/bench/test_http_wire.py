import socket
from collections.abc import Iterator

import pytest

from tests.bench.http_wire import Wire

type Pair = tuple[socket.socket, Wire]


@pytest.fixture
def pair() -> Iterator[Pair]:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        server, _ = listener.accept()
        with server:
            yield client, Wire(server)


def test_a_request_may_come_in_pieces(pair: Pair) -> None:
    client, wire = pair
    client.sendall(b"POST /2018-06-01 HTTP/1.1\r\nContent-Le")
    client.sendall(b"ngth: 4\r\n\r\n{}")
    client.sendall(b"{}GET /next HTTP/1.1\r\n\r\n")

    first, second = wire.read(), wire.read()

    assert first == ("POST", "/2018-06-01", {"content-length": "4"}, b"{}{}")
    assert second == ("GET", "/next", {}, b"")


def test_a_connection_that_was_closed_has_no_request(pair: Pair) -> None:
    client, wire = pair
    client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf")
    client.close()

    assert wire.read() is None


def test_an_answer_says_how_long_it_is(pair: Pair) -> None:
    client, wire = pair

    wire.write(202, b"{}", {"Content-Type": "application/json"})

    assert client.recv(1000).endswith(b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
