"""The Lambda Runtime API (2018-06-01) of one execution environment.

A server of its own per environment: the Runtime Interface Client knows no more than a host and a port, so the port is
what tells environments apart.
"""

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Protocol
from urllib.parse import unquote

from infra.local.http_server import LOOPBACK, LoopbackServer

_PREFIX = "/2018-06-01/runtime"
_INVOCATION = re.compile(rf"{_PREFIX}/invocation/([^/]+)/(response|error)")
MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100  # Lambda's, as measured on the service


class Invocation(Protocol):
    """One event on its way through a function."""

    @property
    def request_id(self) -> str:
        """Lambda's id for the invocation."""

    @property
    def event(self) -> bytes:
        """The event, JSON."""

    @property
    def deadline_ms(self) -> int:
        """When it times out, in milliseconds since 1970."""

    @property
    def function_arn(self) -> str:
        """The function that was invoked."""

    @property
    def trace_id(self) -> str:
        """The X-Ray trace header."""


class Environment(Protocol):
    """What the server needs of the execution environment it belongs to."""

    def next_invocation(self) -> Invocation | None:
        """Waits for an invocation; None when there will be none any more."""

    def succeeded(self, request_id: str, result: bytes) -> None:
        """The function returned."""

    def failed(self, request_id: str, error: bytes) -> None:
        """The function raised."""

    def init_failed(self, error: bytes) -> None:
        """The function could not be loaded."""


class RuntimeApi:
    """Serves one environment from construction until :meth:`stop`."""

    def __init__(self, environment: Environment) -> None:
        handler = type("Handler", (_Handler,), {"environment": environment})
        self._server = LoopbackServer(0, handler)
        self._server.start()

    @property
    def address(self) -> str:
        """Host and port, for ``AWS_LAMBDA_RUNTIME_API``."""
        return f"{LOOPBACK}:{self._server.port}"

    def stop(self) -> None:
        """Closes the server. The environment must answer None to waiting calls first."""
        self._server.stop()


class _Handler(BaseHTTPRequestHandler):
    environment: Environment
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        if self.path != f"{_PREFIX}/invocation/next":
            return self._reply(HTTPStatus.NOT_FOUND)
        invocation = self.environment.next_invocation()
        if invocation is None:
            self.close_connection = True
            return None
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
        }
        return self._reply(HTTPStatus.OK, invocation.event, headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == f"{_PREFIX}/init/error":
            self.environment.init_failed(body)
            return self._reply(HTTPStatus.ACCEPTED)
        target = _INVOCATION.fullmatch(self.path)
        if not target:
            return self._reply(HTTPStatus.NOT_FOUND)
        self._finish(unquote(target[1]), target[2], body)
        return self._reply(HTTPStatus.ACCEPTED)

    def _finish(self, request_id: str, outcome: str, body: bytes) -> None:
        if outcome == "error":
            self.environment.failed(request_id, body)
        elif len(body) > MAX_RESPONSE_BYTES:
            message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            error = f'{{"errorType": "Function.ResponseSizeTooLarge", "errorMessage": "{message}"}}'
            self.environment.failed(request_id, error.encode())
        else:
            self.environment.succeeded(request_id, body)

    def _reply(self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Silent."""
