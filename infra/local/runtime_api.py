"""The Lambda Runtime API (2018-06-01) of one execution environment.

A server of its own per environment: the Runtime Interface Client knows no more than a host and a port, so the port is
what tells environments apart.
"""

import re
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from infra.local.errors import FunctionError
from infra.local.http_messages import HttpRequest, HttpResponse
from infra.local.wire import LoopbackServer

if TYPE_CHECKING:
    from infra.local.environment import Environment

_OUTCOME = re.compile(r"POST /invocation/([^/]+)/(response|error)")
_NO_LIMIT = sys.maxsize  # what is too large for Lambda is an outcome of its own
MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100  # Lambda's, as measured on the service


class RuntimeApi(LoopbackServer):
    """Serves one environment, which must answer None to waiting calls before it stops."""

    def __init__(self, environment: "Environment") -> None:
        self._environment = environment
        super().__init__(0, self._answer, _NO_LIMIT)
        self.start()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        call = f"{request.method} {request.target.removeprefix('/2018-06-01/runtime')}"
        if call == "GET /invocation/next":
            return self._next()
        if call == "POST /init/error":
            self._environment.init_failed(FunctionError.reported(request.body))
        elif outcome := _OUTCOME.fullmatch(call):
            self._environment.finished(unquote(outcome[1]), _outcome(outcome[2], request.body))
        else:
            return HttpResponse(HTTPStatus.NOT_FOUND)
        return HttpResponse(HTTPStatus.ACCEPTED)

    def _next(self) -> HttpResponse:
        invocation = self._environment.next_invocation()
        if invocation is None:
            raise ConnectionAbortedError("there is nothing left to do")
        trace = invocation.request_id.replace("-", "")
        headers = [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(invocation.deadline_ms)),
            ("Lambda-Runtime-Invoked-Function-Arn", self._environment.spec.arn),
            ("Lambda-Runtime-Trace-Id", f"Root=1-{trace[:8]}-{trace[8:]};Sampled=0"),
        ]
        return HttpResponse(HTTPStatus.OK, headers, invocation.event)


def _outcome(kind: str, body: bytes) -> bytes | FunctionError:
    if kind == "error":
        return FunctionError.reported(body)
    if len(body) <= MAX_RESPONSE_BYTES:
        return body
    message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
    return FunctionError("Function.ResponseSizeTooLarge", message)
