"""Requests to a local stack, and the answers read to their end."""

import json
from http.client import HTTPConnection, HTTPMessage
from typing import Any, NamedTuple

from infra.local.stack import LocalStack


class Answer(NamedTuple):
    """A response."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(stack: LocalStack, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
    """Send one request; a header's name has `_` for `-`."""
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(stack: LocalStack, path: str) -> Answer:
    """GET it."""
    return ask(stack, "GET", path)
