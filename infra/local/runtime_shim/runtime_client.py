# ruff: noqa: ARG001, INP001 - has the native module's arguments, and is on a path of its own, in no package
"""Stands in for the native half of the Runtime Interface Client, which AWS builds for Linux only.

Put on a function's path where the native module is missing, so that the stack also runs on macOS. The names, the
arguments and what they return are the native module's.
"""

import http.client
import os

_DEADLINE = "Lambda-Runtime-Deadline-Ms"
_introduction: dict[str, str] = {}


def initialize_client(user_agent: str) -> None:
    """Remembers how to introduce itself."""
    _introduction["User-Agent"] = user_agent


def next() -> tuple[bytes, dict[str, str | int]]:  # noqa: A001 - the native module's name
    """Waits for an event: its body and the headers that describe it, the deadline as a number."""
    body, headers = _call("GET", "next", None, {})
    return body, {**headers, _DEADLINE: int(headers[_DEADLINE])}


def post_invocation_result(request_id: str, result: bytes, content_type: str, invocation_id: str | None = None) -> None:
    """Reports what the handler returned; an invocation's own id is for a process that serves several events at once."""
    _call("POST", f"{request_id}/response", result, {"Content-Type": content_type})


def post_error(request_id: str, error: str, xray_fault: str, invocation_id: str | None = None) -> None:
    """Reports what the handler raised."""
    _call("POST", f"{request_id}/error", error.encode(), {"Content-Type": "application/json"})


def _call(method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        connection.request(method, f"/2018-06-01/runtime/invocation/{path}", body, {**_introduction, **headers})
        response = connection.getresponse()
        if response.status not in (200, 202):
            raise RuntimeError(f"the Runtime API answered {response.status} to {method} {path}")
        return response.read(), response.headers
    finally:
        connection.close()
