from concurrent.futures import Future

import pytest

from infra.local import gateway
from infra.local.errors import FunctionError
from infra.local.gateway import Gateway
from infra.local.http_messages import HttpRequest, HttpResponse
from infra.local.routes import Route, Router

HOST = ("Host", "localhost")


class Functions:
    """Stands in for every function; gives the outcome it is told to."""

    def __init__(self) -> None:
        self.outcome: Future[object] = Future()
        self.calls: list[tuple[str, object]] = []
        self.reports: list[str] = []

    def submit(self, function: str, event: object) -> Future[object]:
        self.calls.append((function, event))
        return self.outcome

    def ask(self, request: HttpRequest) -> HttpResponse:
        routes = [Route("GET", "/things/{id}", "arn:things"), Route("POST", "/", "arn:root")]
        return Gateway(Router(routes), 8000, self.submit, self.reports.append)(request)


@pytest.fixture
def functions() -> Functions:
    return Functions()


def test_the_function_of_the_matching_route_answers(functions: Functions) -> None:
    functions.outcome.set_result({"statusCode": 201, "body": "made", "headers": {"content-type": "text/x"}})

    response = functions.ask(HttpRequest("GET", "/things/7?a=b", [HOST]))

    assert (response.status, response.body) == (201, b"made")
    assert "apigw-requestid" in dict(response.headers)
    ((function, event),) = functions.calls
    assert function == "arn:things"
    assert isinstance(event, dict)
    assert event["pathParameters"] == {"id": "7"}
    assert event["requestContext"]["requestId"] == dict(response.headers)["apigw-requestid"]


def test_a_path_without_a_route_is_a_404(functions: Functions) -> None:
    response = functions.ask(HttpRequest("GET", "/nowhere", [HOST]))

    assert (response.status, response.body) == (404, b'{"message": "Not Found"}')
    assert functions.calls == []


def test_a_path_that_is_no_utf_8_is_a_400(functions: Functions) -> None:
    assert functions.ask(HttpRequest("GET", "/%ff", [HOST])).status == 400
    assert functions.calls == []


def test_a_function_that_fails_is_a_500_that_gives_nothing_away(functions: Functions) -> None:
    functions.outcome.set_exception(FunctionError("ValueError", "secret"))

    response = functions.ask(HttpRequest("GET", "/things/7", [HOST]))

    assert (response.status, response.body) == (500, b'{"message": "Internal Server Error"}')


def test_a_malformed_response_is_a_500_and_is_reported(functions: Functions) -> None:
    functions.outcome.set_result({"statusCode": 200, "body": {}})

    assert functions.ask(HttpRequest("GET", "/things/7", [HOST])).status == 500

    assert functions.reports == ["GET /things/{id}: the function's response is malformed: body is dict, not a string"]


def test_a_function_over_the_integration_timeout_is_a_503(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "INTEGRATION_TIMEOUT_SECONDS", 0.01)

    response = functions.ask(HttpRequest("GET", "/things/7", [HOST]))

    assert (response.status, response.body) == (503, b'{"message": "Service Unavailable"}')


def test_an_event_larger_than_lambda_takes_is_a_413(functions: Functions) -> None:
    binary = ("Content-Type", "image/png")

    response = functions.ask(HttpRequest("POST", "/", [HOST, binary], b"x" * 5_000_000))

    assert (response.status, response.body) == (413, b'{"message": "Request Entity Too Large"}')
    assert functions.calls == []
