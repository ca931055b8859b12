"""HTTP/1.1 over one socket: no more than programs need that know each other, so that it costs next to nothing."""

import socket
from collections.abc import Mapping
from typing import NamedTuple

_END_OF_HEAD = b"\r\n\r\n"
_CHUNK_BYTES = 65_536


class Message(NamedTuple):
    """A request; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """The server's end of a connection. Bodies have a Content-Length; nothing else is understood."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        self._received = b""

    def read(self) -> Message | None:
        """The next request, whole; None where the client has closed the connection."""
        while _END_OF_HEAD not in self._received:
            if not self._receive():
                return None
        head, _, rest = self._received.partition(_END_OF_HEAD)
        request_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        self._received = rest
        while len(self._received) < length:
            if not self._receive():
                return None
        body, self._received = self._received[:length], self._received[length:]
        method, path, _ = request_line.split(" ")
        return Message(method, path, headers, body)

    def write(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Answer the request that was read last."""
        lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in (headers or {}).items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}"])
        self._connection.sendall(head.encode("latin-1") + _END_OF_HEAD + body)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _receive(self) -> bool:
        try:
            received = self._connection.recv(_CHUNK_BYTES)
        except ConnectionResetError:
            return False
        self._received += received
        return bool(received)
