"""The API: takes HTTP requests, calls the function of the matching route, and answers as API Gateway does."""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from infra.local import events, responses
from infra.local.events import HttpRequest
from infra.local.function import FunctionError
from infra.local.responses import HttpResponse, gateway_error
from infra.local.routes import Route, Router

INTEGRATION_TIMEOUT_SECONDS = 30.0  # API Gateway's maximum for HTTP APIs
MAX_EVENT_BYTES = 6 * 1024 * 1024 + 100  # Lambda's, as measured on the service

Submit = Callable[[str, object], Future[object]]


class Gateway:
    """Answers requests by the API's routes.

    Args:
        routes: The API's routes.
        identity: The API's part in each event.
        submit: Called with a function's ARN and an event; gives the future result.
        report: Told in one line of each response that a function got wrong.
    """

    def __init__(
        self, routes: Sequence[Route], identity: events.Gateway, submit: Submit, report: Callable[[str], None]
    ) -> None:
        self._router = Router(routes)
        self._identity = identity
        self._submit = submit
        self._report = report

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one request; never raises."""
        request_id = str(uuid.uuid4())
        response = self._answer(request, request_id)
        return HttpResponse(response.status, [*response.headers, ("apigw-requestid", request_id)], response.body)

    def _answer(self, request: HttpRequest, request_id: str) -> HttpResponse:
        try:
            match = self._router.match(request.method, request.path)
        except UnicodeDecodeError:
            return gateway_error(HTTPStatus.BAD_REQUEST)
        if match is None:
            return gateway_error(HTTPStatus.NOT_FOUND)
        event = events.build(request, match, self._identity, request_id=request_id, now=datetime.now(UTC))
        if _size(event) > MAX_EVENT_BYTES:
            return gateway_error(HTTPStatus.CONTENT_TOO_LARGE)
        return self._invoke(match.route, event)

    def _invoke(self, route: Route, event: dict[str, Any]) -> HttpResponse:
        try:
            result = self._submit(route.function_arn, event).result(INTEGRATION_TIMEOUT_SECONDS)
            return responses.from_result(result)
        except TimeoutError:
            return gateway_error(HTTPStatus.SERVICE_UNAVAILABLE)
        except FunctionError:  # the function's log has it
            return gateway_error(HTTPStatus.INTERNAL_SERVER_ERROR)
        except responses.MalformedResponse as error:
            self._report(f"{route.key}: the function's response is malformed: {error}")
            return gateway_error(HTTPStatus.INTERNAL_SERVER_ERROR)


def _size(event: dict[str, Any]) -> int:
    # Only a body makes an event large, and measuring every event exactly would cost each request a second dump.
    return len(event.get("body", ""))
