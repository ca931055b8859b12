"""The bench's end of `cloud_server`: starts it, and asks what it has seen."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.build.package import ROOT

# About what DynamoDB takes from a function in the same region.
DELAY_MS = 5.0


class Cloud:
    """DynamoDB and SES on a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    @property
    def url(self) -> str:
        """For `AWS_ENDPOINT_URL`."""
        return f"http://127.0.0.1:{self._port}"

    def know_lead(self, item: dict[str, Any]) -> None:
        """Make `item`, in DynamoDB's JSON, the lead that every update answers."""
        self._control("PUT", "lead", item)

    def seen(self) -> dict[str, Any]:
        """The number of `calls` by operation, the `items` stored and the `mails` sent since `forget`."""
        return self._control("GET", "seen")

    def forget(self) -> None:
        """Start with an empty table."""
        self._control("DELETE", "seen")

    def _control(self, method: str, path: str, document: object = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, f"/bench/{path}", json.dumps(document))
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()


@contextmanager
def running(delay_ms: float = DELAY_MS) -> Iterator[Cloud]:
    """DynamoDB and SES for as long as the context lasts."""
    command = [sys.executable, "-m", "tests.bench.cloud_server", str(delay_ms)]
    # Leaving the context closes the server's standard input, and that ends it.
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield Cloud(int(server.stdout.readline()))
