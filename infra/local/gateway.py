"""API Gateway's HTTP API: takes requests, calls the function of the matching route, answers with what it returns."""

import base64
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from infra.local import events
from infra.local.bus import Submit
from infra.local.errors import FunctionError
from infra.local.http_messages import HttpRequest, HttpResponse, gateway_error
from infra.local.routes import Match, Router

INTEGRATION_TIMEOUT_SECONDS = 30.0  # API Gateway's maximum for HTTP APIs
MAX_EVENT_BYTES = 6 * 1024 * 1024 + 100  # Lambda's, as measured on the service

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
_HEADER_VALUE = re.compile(r"[^\0\r\n\u0100-\U0010ffff]*")
# The connection's own affairs, which API Gateway takes out of a function's hands.
_DROPPED = frozenset(["connection", "date", "keep-alive", "transfer-encoding", "upgrade"])


class MalformedResponse(ValueError):
    """The function's result is no response; API Gateway answers 500 for it."""


@dataclass(frozen=True)
class Gateway:
    """Answers requests by the API's routes, and reports in a line each response that a function got wrong."""

    router: Router
    port: int
    submit: Submit
    report: Callable[[str], None]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one request."""
        request_id = str(uuid.uuid4())
        response = self._answer(request, request_id)
        return HttpResponse(response.status, [*response.headers, ("apigw-requestid", request_id)], response.body)

    def _answer(self, request: HttpRequest, request_id: str) -> HttpResponse:
        try:
            match = self.router.match(request.method, request.path)
        except UnicodeDecodeError:
            return gateway_error(HTTPStatus.BAD_REQUEST)
        return self._invoke(request, match, request_id) if match else gateway_error(HTTPStatus.NOT_FOUND)

    def _invoke(self, request: HttpRequest, match: Match, request_id: str) -> HttpResponse:
        event = events.build(request, match, port=self.port, request_id=request_id, now=datetime.now(UTC))
        if len(event.get("body", "")) > MAX_EVENT_BYTES:  # only a body makes an event large
            return gateway_error(HTTPStatus.CONTENT_TOO_LARGE)
        try:
            return from_result(self.submit(match.route.function_arn, event).result(INTEGRATION_TIMEOUT_SECONDS))
        except TimeoutError:
            return gateway_error(HTTPStatus.SERVICE_UNAVAILABLE)
        except FunctionError:  # the function's log has it
            return gateway_error(HTTPStatus.INTERNAL_SERVER_ERROR)
        except MalformedResponse as error:
            self.report(f"{match.route.key}: the function's response is malformed: {error}")
            return gateway_error(HTTPStatus.INTERNAL_SERVER_ERROR)


def from_result(result: object) -> HttpResponse:
    """The response that a function's result, parsed from JSON, stands for (payload format version 2.0).

    Without a ``statusCode`` the result itself is the body of a 200.

    Raises:
        MalformedResponse: The result has a ``statusCode`` but does not make a response.
    """
    if not isinstance(result, Mapping) or "statusCode" not in result:
        body = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        return HttpResponse(200, [("content-type", "application/json")], body.encode("utf-8", "replace"))
    status = str(result["statusCode"])
    if not re.fullmatch("[2-5][0-9][0-9]", status):
        raise MalformedResponse(f"statusCode is {result['statusCode']!r}")
    headers, content = _headers(result), _body(result)
    if content and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    return HttpResponse(int(status), headers, content)


def _headers(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    headers, cookies = result.get("headers"), result.get("cookies")
    if not isinstance(headers, Mapping | None) or not isinstance(cookies, list | None):
        raise MalformedResponse("headers is no object, or cookies no list")
    pairs = [(str(name).lower(), value) for name, value in (headers or {}).items()]
    pairs += [("set-cookie", cookie) for cookie in cookies or ()]
    return [(name, _value(name, value)) for name, value in pairs if name not in _DROPPED]


def _value(name: str, value: object) -> str:
    """A header's value as text.

    Raises:
        MalformedResponse: No header can carry it, or not by this name.
    """
    text = json.dumps(value) if isinstance(value, bool | int | float) else value
    if not isinstance(text, str) or not _TOKEN.fullmatch(name) or not _HEADER_VALUE.fullmatch(text):
        raise MalformedResponse(f"header {name!r} is {value!r}")
    return text


def _body(result: Mapping[str, Any]) -> bytes:
    body = result.get("body")
    if body is not None and not isinstance(body, str):
        raise MalformedResponse(f"body is {type(body).__name__}, not a string")
    if not body or not result.get("isBase64Encoded"):
        return (body or "").encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise MalformedResponse("body is not base64") from None
