import threading
from typing import Any

import pytest

from infra.local.endpoint import AwsEndpoint
from infra.local.faults import SLOW_SECONDS, Faults
from infra.local.http_messages import HttpRequest, HttpResponse

SES_SEND = ("/v2/email/outbound-emails", "ses", ("Content-Type", "application/json"))
DYNAMODB_PUT = ("/", "dynamodb", ("X-Amz-Target", "DynamoDB_20120810.PutItem"))
SQS_SEND = ("/", "sqs", ("Content-Type", "application/x-www-form-urlencoded"))


class Endpoint(AwsEndpoint):
    """An endpoint with something simpler than moto behind it."""

    def _moto(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], b'{"MessageId": "m-1"}')


def _call(
    endpoint: AwsEndpoint, call: tuple[str, str, tuple[str, str]], body: bytes = b"{}", *extra: tuple[str, str]
) -> HttpResponse:
    path, service, header = call
    scope = f"AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host"
    return endpoint(HttpRequest("POST", path, [("Authorization", scope), header, *extra], body))


@pytest.mark.parametrize(
    ("call", "body", "operation"),
    [
        (SES_SEND, b"{}", ("ses", "SendEmail")),
        (DYNAMODB_PUT, b"{}", ("dynamodb", "PutItem")),
        (SQS_SEND, b"Action=SendMessage&Version=1", ("sqs", "SendMessage")),
    ],
)
def test_observers_hear_of_each_call_before_and_after(call: Any, body: bytes, operation: tuple[str, str]) -> None:
    endpoint, heard = Endpoint(), []
    stop = endpoint.observe(lambda *event: heard.append(event))

    _call(endpoint, call, body)
    stop()
    _call(endpoint, call, body)

    assert heard == [(*operation, "before"), (*operation, "after")]


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("rejected", 400, "MessageRejected"),
        ("throttled", 429, "TooManyRequestsException"),
        ("unavailable", 503, "ServiceUnavailable"),
    ],
)
def test_a_fault_refuses_mail_and_nothing_else(kind: str, status: int, error: str) -> None:
    endpoint, heard = Endpoint(), []
    endpoint.observe(lambda *event: heard.append(event))
    endpoint.faults.set("ses", kind)

    answer = _call(endpoint, SES_SEND)

    assert answer.status == status
    assert ("x-amzn-ErrorType", error) in answer.headers
    assert heard[-1] == ("ses", "SendEmail", "refused")
    assert _call(endpoint, DYNAMODB_PUT).status == 200


def test_a_listener_is_given_what_was_asked_and_answered_where_it_succeeded() -> None:
    endpoint, heard = Endpoint(), []
    endpoint.listeners[("ses", "SendEmail")] = lambda *call: heard.append(call)

    _call(endpoint, SES_SEND, b'{"a": 1}')
    _call(endpoint, DYNAMODB_PUT)
    endpoint.faults.set("ses", "rejected")
    _call(endpoint, SES_SEND)

    assert heard == [(b'{"a": 1}', b'{"MessageId": "m-1"}')]


def test_a_slow_service_answers_as_soon_as_it_is_mended() -> None:
    faults = Faults()
    faults.set("ses", "slow")
    met = threading.Thread(target=faults.meet, args=("ses",), daemon=True)
    met.start()

    met.join(0.1)
    assert met.is_alive()
    faults.set("ses", None)
    met.join(SLOW_SECONDS / 2)
    assert not met.is_alive()


def test_a_web_page_is_not_answered() -> None:
    assert _call(Endpoint(), DYNAMODB_PUT, b"{}", ("Origin", "https://evil.example")).status == 403


def test_secrets_manager_can_be_down() -> None:
    endpoint = Endpoint()
    endpoint.faults.set("secretsmanager", "unavailable")

    call = ("/", "secretsmanager", ("X-Amz-Target", "secretsmanager.GetSecretValue"))
    assert _call(endpoint, call).status == 500


@pytest.mark.parametrize(("service", "kind"), [("dynamodb", "slow"), ("ses", "broken")])
def test_only_faults_that_exist_can_be_set(service: str, kind: str) -> None:
    with pytest.raises(ValueError):
        Faults().set(service, kind)
