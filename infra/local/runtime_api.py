"""The Lambda Runtime API (2018-06-01) of one execution environment.

A server of its own per environment: the Runtime Interface Client knows no more than a host and a port, so the port is
what tells environments apart.
"""

import json
import re
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from infra.local.events import HttpRequest
from infra.local.http_server import LoopbackServer
from infra.local.responses import HttpResponse

if TYPE_CHECKING:
    from infra.local.environment import Environment

_OUTCOME = re.compile(r"/invocation/([^/]+)/(response|error)")
_NO_LIMIT = sys.maxsize  # what is too large for Lambda is an outcome of its own
MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100  # Lambda's, as measured on the service


class RuntimeApi:
    """Serves one environment from construction until :meth:`stop`."""

    def __init__(self, environment: "Environment") -> None:
        self._environment = environment
        self._server = LoopbackServer(0, self._answer, max_body_bytes=_NO_LIMIT)
        self._server.start()

    @property
    def address(self) -> str:
        """Host and port, for ``AWS_LAMBDA_RUNTIME_API``."""
        return self._server.address

    def stop(self) -> None:
        """Closes the server. The environment must answer None to waiting calls first."""
        self._server.stop()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        path = request.target.removeprefix("/2018-06-01/runtime")
        if (request.method, path) == ("GET", "/invocation/next"):
            return self._next()
        if (request.method, path) == ("POST", "/init/error"):
            self._environment.init_failed(request.body)
        elif request.method == "POST" and (target := _OUTCOME.fullmatch(path)):
            self._finish(unquote(target[1]), target[2], request.body)
        else:
            return HttpResponse(HTTPStatus.NOT_FOUND)
        return HttpResponse(HTTPStatus.ACCEPTED)

    def _next(self) -> HttpResponse:
        invocation = self._environment.next_invocation()
        if invocation is None:
            raise ConnectionAbortedError("there is nothing left to do")
        headers = [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(invocation.deadline_ms)),
            ("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn),
            ("Lambda-Runtime-Trace-Id", invocation.trace_id),
        ]
        return HttpResponse(HTTPStatus.OK, headers, invocation.event)

    def _finish(self, request_id: str, outcome: str, body: bytes) -> None:
        if outcome == "error":
            self._environment.failed(request_id, body)
        elif len(body) > MAX_RESPONSE_BYTES:
            message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            error = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message}
            self._environment.failed(request_id, json.dumps(error).encode())
        else:
            self._environment.succeeded(request_id, body)
