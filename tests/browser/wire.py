"""HTTP as it is on the wire: requests sent letter for letter, answers kept byte for byte.

Client libraries tidy targets up, hide repeated headers and know by themselves that a HEAD has no body; what is to be
tested here would be lost on the way.
"""

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.codings import decoded

_SECONDS = 30


@dataclass(frozen=True)
class Sent:
    """A request, as it goes out but for `Host` and `Connection`."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def lines(self, host: str) -> list[tuple[str, str]]:
        """Every header field, in order."""
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        return [
            ("Host", host),
            ("User-Agent", "checker"),
            *self.headers.items(),
            *length.items(),
            ("Connection", "close"),
        ]


@dataclass(frozen=True)
class Reply:
    """An answer. `body` is whatever followed the header section until the connection ended.

    `received_at` is when, in seconds of the epoch: an answer is often looked at long after, and its Date is right or
    wrong by this.
    """

    sent: Sent
    status: int
    phrase: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    received_at: float

    def __getitem__(self, name: str) -> str | None:
        """The value of a header field, several joined as RFC 9110 section 5.3 has it; None where it is absent."""
        values = [value for each, value in self.fields if each.lower() == name]
        return ", ".join(values) if values else None

    @property
    def content(self) -> bytes:
        """The body with its content coding undone."""
        return decoded(self.body, self["content-encoding"])

    @property
    def text(self) -> str:
        """The content as UTF-8."""
        return self.content.decode()

    @property
    def json(self) -> Any:
        """The content as JSON."""
        return json.loads(self.content)


def ask(
    origin: str, target: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes = b""
) -> Reply:
    """Send one request to `origin`, with `target` exactly as given, and read the answer to the connection's end."""
    sent = Sent(method, target, headers or {}, body)
    host = urlsplit(origin).netloc
    head = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.lines(host)), "", ""]
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=_SECONDS) as connection:
        connection.sendall("\r\n".join(head).encode() + body)
        return _read(sent, connection.makefile("rb").read())


def form(fields: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """The headers and the body with which a browser posts a form."""
    from urllib.parse import urlencode

    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    }
    return headers, urlencode(fields).encode()


def _read(sent: Sent, raw: bytes) -> Reply:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    _, status, phrase = first.split(" ", 2)
    fields = tuple((name, value.strip()) for name, value in (line.split(":", 1) for line in lines))
    return Reply(sent, int(status), phrase, fields, body, received_at=time.time())
