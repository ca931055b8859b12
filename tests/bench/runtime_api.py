"""The Lambda Runtime API (2018-06-01) with a stop-watch: one process, and no thread between it and the clock."""

import json
import re
import socket
import time
from collections.abc import Mapping
from typing import NamedTuple, Self

from tests.bench.errors import BenchError
from tests.bench.http_wire import Message, Wire

_PREFIX = "/2018-06-01/runtime"
_RESPONSE = re.compile(rf"{_PREFIX}/invocation/[^/]+/response")
# Longer than the slowest cold start on a machine that is busy with other things.
_PATIENCE_SECONDS = 30.0


class Answer(NamedTuple):
    """What became of one invocation; times are `time.perf_counter_ns`."""

    sent_at: int
    posted_at: int
    body: bytes


class RuntimeApi:
    """Hands events to the one process that is told its address, and takes the time until each response.

    A context manager. Its methods raise BenchError when the process ends, reports an error, or is silent for long.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_PATIENCE_SECONDS)
        self._open: Wire | None = None
        self._invocations = 0

    @property
    def address(self) -> str:
        """Host and port, for `AWS_LAMBDA_RUNTIME_API`."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def wait_until_ready(self) -> None:
        """Wait until the process asks for an event: it has loaded its function, or is done with the event before."""
        message = self._read()
        if message.path != f"{_PREFIX}/invocation/next":
            raise BenchError(f"{message.path}: {_reported(message.body)}")

    def invoke(self, event: bytes, headers: Mapping[str, str]) -> Answer:
        """Give the process, which has to be ready, an event, and wait for what it answers."""
        self._invocations += 1
        sent_at = time.perf_counter_ns()
        self._wire().write(200, event, {"Lambda-Runtime-Aws-Request-Id": f"{self._invocations:032x}", **headers})
        message = self._read()
        posted_at = time.perf_counter_ns()
        if not _RESPONSE.fullmatch(message.path):
            raise BenchError(f"{message.path}: {_reported(message.body)}")
        self._wire().write(202)
        return Answer(sent_at, posted_at, message.body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._disconnect()
        self._listener.close()

    def _read(self) -> Message:
        try:
            while (message := self._wire().read()) is None:
                self._disconnect()
        except TimeoutError:
            raise BenchError(f"nothing was heard of it for {_PATIENCE_SECONDS:.0f} seconds") from None
        return message

    def _wire(self) -> Wire:
        if self._open is None:
            connection, _ = self._listener.accept()
            connection.settimeout(_PATIENCE_SECONDS)
            self._open = Wire(connection)
        return self._open

    def _disconnect(self) -> None:
        if self._open:
            self._open.close()
            self._open = None


def _reported(body: bytes) -> str:
    try:
        report = json.loads(body)
        return f"{report['errorType']}: {report['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return body[:500].decode("utf-8", "replace")
