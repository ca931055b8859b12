"""The notify function: one alert per lead, whatever fails on the way."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from functions.notify import alert, app
from shared.errors import MailRefused, MailUnproven, StoreUnavailable
from shared.facts import alert_sent
from shared.lead import timestamp
from shared.mailer import Mailer
from shared.retries import LAST_RESORT_DELAY, RETRY_DELAYS
from tests.clock import Clock
from tests.integration.conftest import Stack
from tests.integration.test_leads import ENQUIRY, send

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def _environment(stack: Stack) -> Iterator[None]:
    with stack.environment_of("notify"):
        yield


def refuse(monkeypatch: pytest.MonkeyPatch, reason: str, *, permanent: bool = False) -> None:
    def send(*_: Any, **__: Any) -> str:
        raise MailRefused(reason, permanent=permanent)

    monkeypatch.setattr(Mailer, "send", send)


def metrics(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return {name: value for line in lines for name, value in line.items() if name.startswith("Alert")}


def test_the_alert_has_what_a_call_back_needs(stack: Stack) -> None:
    send(stack)

    assert stack.notify() == {"batchItemFailures": []}

    (mail,) = stack.mails()
    (lead,) = stack.leads()
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert mail["Subject"] == f"New enquiry {lead['reference']} from Ana"
    assert str(mail["Reply-To"]) == "Ana Ruiz <ana@example.com>"
    assert str(mail["To"]) == "frontdesk@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    for part in (text, html):
        content = part.get_content()  # type: ignore[union-attr]
        for wanted in ("Ana Ruiz", "tel:+16025550100", "Spanish", "in the morning", lead["reference"]):
            assert wanted in content
        assert "My left leg hurts." in content
    assert lead["alert_message_id"]
    assert lead["alert_sent_at"]
    assert "alert_owed" not in lead


def test_a_record_that_comes_again_sends_nothing_twice(stack: Stack) -> None:
    send(stack)

    stack.notify()
    stack.notify()
    stack.sweep()

    assert len(stack.mails()) == 1


def test_what_the_stream_missed_is_found_by_the_schedule(stack: Stack) -> None:
    send(stack)
    send(stack, ENQUIRY | {"name": "Eva Ruiz"})

    stack.sweep()

    assert len(stack.mails()) == 2


def test_an_alert_that_cannot_be_recorded_does_not_hold_up_the_others(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    send(stack, ENQUIRY | {"name": "Eva Ruiz"})

    def unavailable(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("InternalServerError")

    with monkeypatch.context() as patch:
        patch.setattr(alert, "alert_sent", unavailable)
        with pytest.raises(StoreUnavailable):
            stack.sweep()

    assert len(stack.mails()) == 2
    assert capsys.readouterr().out.count("alert not claimed, or not recorded") == 2


def test_the_honeypots_catch_sends_no_alert(stack: Stack) -> None:
    send(stack, ENQUIRY | {"aside": "x"})

    stack.notify()
    stack.sweep()

    assert stack.mails() == []


def test_a_refused_mail_waits_for_its_next_attempt_and_goes_out_by_itself(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    with monkeypatch.context() as patch:
        refuse(patch, "TooManyRequestsException")
        assert stack.notify() == {"batchItemFailures": []}

    (lead,) = stack.leads()
    assert lead["alert_error"] == "TooManyRequestsException"
    assert int(lead["alert_next_at"]) == clock.now + RETRY_DELAYS[0]
    assert metrics(capsys) == {}
    clock.now += RETRY_DELAYS[0] - 1
    stack.sweep()
    assert stack.mails() == []
    clock.now += 1
    stack.sweep()
    assert len(stack.mails()) == 1
    assert "alert_error" not in stack.leads()[0]


def test_without_keys_the_alert_goes_out_without_its_link_and_ops_hear_of_it(
    stack: Stack, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    secret = stack.variables["notify"]["KEYS_SECRET"]
    boto3.client("secretsmanager").delete_secret(SecretId=secret)

    stack.notify()

    (mail,) = stack.mails()
    assert "/inbox/" not in mail.as_string()
    output = capsys.readouterr()
    assert '"AlertWithoutLink":[1.0]' in output.out
    assert "InvalidRequestException" in output.out
    # Once they are back, the next alert has its link.
    boto3.client("secretsmanager").restore_secret(SecretId=secret)
    app.wiring.keys._asked_at = 0
    send(stack, ENQUIRY | {"name": "Eva Ruiz"})
    stack.notify()
    assert "/inbox/enquiry/" in str(stack.mails()[-1].get_body(("plain",)))


def test_a_sender_that_cannot_be_used_calls_a_person_at_once(
    stack: Stack, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    boto3.client("sesv2").delete_email_identity(EmailIdentity="website@example.com")

    stack.notify()

    assert metrics(capsys)["AlertNeedsHuman"] == [1.0]
    boto3.client("sesv2").create_email_identity(EmailIdentity="website@example.com")
    clock.now += RETRY_DELAYS[0]
    stack.sweep()
    assert len(stack.mails()) == 1


def test_after_the_last_attempt_of_the_first_day_a_person_is_called(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    refuse(monkeypatch, "ServiceUnavailable")
    called = []
    for delay in (0, *RETRY_DELAYS):
        clock.now += delay
        stack.sweep()
        called.append("AlertNeedsHuman" in metrics(capsys))

    assert called == [False] * (len(RETRY_DELAYS) - 1) + [True, True]
    assert stack.leads()[0]["alert_owed"]


def test_what_there_is_no_time_for_comes_again(stack: Stack) -> None:
    send(stack)
    stack.context.remaining = 3_000

    assert stack.notify() == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    stack.sweep()
    assert stack.mails() == []

    stack.context.remaining = 30_000
    stack.sweep()
    assert len(stack.mails()) == 1


def test_a_store_that_is_away_holds_the_record_back(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "UpdateItem")

    send(stack)
    monkeypatch.setattr(app.wiring.dynamodb, "update_item", away)

    assert stack.notify() == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_an_erased_lead_is_not_written_anew(stack: Stack) -> None:
    send(stack)
    lead_id = stack.leads()[0]["id"]

    assert stack.erasure().erase(lead_id)

    assert app.wiring.store.change(lead_id, lambda lead: lead) is None
    assert not stack.erasure().erase(lead_id)
    stack.notify()
    stack.sweep()
    assert stack.mails() == []
    (left,) = stack.leads()
    assert set(left) == {"pk", "sk", "erased_at", "expires_at"}


SES_SAYS_NO = [
    ("MessageRejected", True),
    ("AccessDeniedException", True),
    ("TooManyRequestsException", False),
    ("LimitExceededException", False),
    ("ServiceUnavailable", False),
    ("InternalFailure", False),
]
NEVER_REACHED = [
    ConnectTimeoutError(endpoint_url="https://email"),
    EndpointConnectionError(endpoint_url="https://email"),
    ProxyConnectionError(proxy_url="https://proxy"),
    SSLError(endpoint_url="https://email", error=Exception("certificate")),
    NoCredentialsError(),
]
WITHOUT_ANSWER = [
    ReadTimeoutError(endpoint_url="https://email"),
    ConnectionClosedError(endpoint_url="https://email"),
    HTTPClientError(error="anything"),
    ResponseParserError("not JSON"),
]


TAGGED: dict[str, Any] = {"mail_id": "alert-1", "configuration_set": "set"}


def mailer_that_meets(outcome: Any) -> Mailer:
    class Client:
        def send_email(self, **_: Any) -> Any:
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

    return Mailer("website@example.com", Client())  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "permanent"), SES_SAYS_NO)
def test_a_refusal_says_whether_waiting_helps(code: str, permanent: bool) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "a@b.c is not verified"}}, "SendEmail")

    with pytest.raises(MailRefused) as refusal:
        mailer_that_meets(error).send(EmailMessage(), "frontdesk@example.com", **TAGGED)

    assert (refusal.value.reason, refusal.value.permanent) == (code, permanent)


@pytest.mark.parametrize("error", NEVER_REACHED, ids=lambda error: type(error).__name__)
def test_a_connection_that_was_never_made_is_a_refusal(error: Exception) -> None:
    with pytest.raises(MailRefused) as refusal:
        mailer_that_meets(error).send(EmailMessage(), "frontdesk@example.com", **TAGGED)

    assert (refusal.value.reason, refusal.value.permanent) == (type(error).__name__, False)


@pytest.mark.parametrize("outcome", [*WITHOUT_ANSWER, {}], ids=lambda outcome: type(outcome).__name__)
def test_a_mail_whose_answer_is_missing_is_unproven(outcome: Any) -> None:
    with pytest.raises(MailUnproven):
        mailer_that_meets(outcome).send(EmailMessage(), "frontdesk@example.com", **TAGGED)


def test_an_unproven_mail_is_repeated_after_a_longer_pause_and_says_so(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def lost(*_: Any, **__: Any) -> str:
        asked.append(clock.now)
        raise MailUnproven("ReadTimeoutError")

    # given SES that takes mails and does not answer for most of a day
    send(stack)
    (lead,) = stack.leads()
    called = []
    with monkeypatch.context() as patch:
        patch.setattr(Mailer, "send", lost)
        while clock.now < 1_800_000_000 + 20 * 3600:
            stack.sweep()
            called.append(metrics(capsys).get("AlertNeedsHuman"))
            clock.now += 60  # nothing comes before its time ...
            stack.sweep()
            clock.now = int(stack.leads()[0]["alert_next_at"])  # ... and it comes then

    # then it was asked a few times only, each counted, and a person was called
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert pauses == [300, 900, 1800, 3600, 7200, 14400, 28800]
    assert called.count([1.0]) == 1
    (waiting,) = stack.leads()
    assert waiting["alert_unproven_at"] == timestamp(asked[-1])
    assert waiting["alert_error"] == "ReadTimeoutError"

    # and the mail that gets through says that it may not be the first
    clock.now += LAST_RESORT_DELAY * 2
    stack.sweep()
    (mail,) = stack.mails()
    assert "you may have this mail already" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (sent,) = stack.leads()
    assert sent["reference"] == lead["reference"]
    assert "alert_error" not in sent
    assert sent["alert_unproven_at"]


def test_every_unproven_mail_is_counted(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lost(*_: Any, **__: Any) -> str:
        raise MailUnproven("ConnectionClosedError")

    send(stack)
    monkeypatch.setattr(Mailer, "send", lost)

    assert stack.notify() == {"batchItemFailures": []}
    assert metrics(capsys) == {"AlertUnproven": [1.0]}


NOT_A_LEAD: dict[str, dict[str, Any] | None] = {
    "reference": None,
    "stored_at": None,
    "name": {"N": "7"},
    "expires_at": {"N": "1826983800.5"},
    "alert_attempts": {"S": "many"},
    "message": {"B": b"bytes"},
    "source": {"M": {"utm_source": {"N": "1"}}},
    "spam_reasons": {"SS": ["links"]},
    "locale": {"BOOL": True},
    "email": {"L": []},
}


def damage(stack: Stack, attribute: str, value: Any) -> str:
    """Change one attribute of the only item, or remove it; the item's id."""
    (item,) = stack.dynamodb.scan(TableName=stack.table)["Items"]
    item.pop(attribute, None)
    stack.dynamodb.put_item(TableName=stack.table, Item=item | ({attribute: value} if value else {}))
    return item["pk"]["S"].removeprefix("LEAD#")


@pytest.mark.parametrize("way", ["notify", "sweep"])
@pytest.mark.parametrize(("attribute", "value"), NOT_A_LEAD.items(), ids=NOT_A_LEAD)
def test_an_item_that_is_no_lead_is_put_off_and_named_and_the_others_are_sent(
    stack: Stack, clock: Clock, capsys: pytest.CaptureFixture[str], attribute: str, value: Any, way: str
) -> None:
    send(stack, ENQUIRY | {"name": "Eva Ruiz"})
    damaged = damage(stack, attribute, value)
    send(stack)

    assert getattr(stack, way)() in ({}, {"batchItemFailures": []})

    # then the others are sent, a person is called, and the log has the id and no content
    assert len(stack.mails()) == 1
    output = capsys.readouterr().out
    lines = [json.loads(line) for line in output.splitlines()]
    (named,) = [line for line in lines if line.get("message") == "lead cannot be read"]
    assert (named["lead_id"], named["attribute"]) == (damaged, attribute)
    assert [line["AlertNeedsHuman"] for line in lines if "AlertNeedsHuman" in line] == [[1.0]]
    assert "Eva" not in output
    # and the next sweeps leave it alone for some hours
    clock.now += LAST_RESORT_DELAY - 60
    stack.sweep()
    assert "lead" not in capsys.readouterr().out
    clock.now += 60
    stack.sweep()
    assert "lead cannot be read" in capsys.readouterr().out


def test_a_repaired_item_is_alerted(stack: Stack, clock: Clock) -> None:
    send(stack)
    (item,) = stack.dynamodb.scan(TableName=stack.table)["Items"]
    damage(stack, "reference", None)
    stack.sweep()
    damage(stack, "reference", item["reference"])

    clock.now += LAST_RESORT_DELAY
    stack.sweep()

    assert len(stack.mails()) == 1


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("of_a_later_version", {"M": {"any": {"N": "1.5"}}}),
        ("tags", {"SS": ["a", "b"]}),
        ("score", {"N": "0.25"}),
        ("seen", {"BOOL": False}),
        ("source", None),
        ("message", {"NULL": True}),
        ("id", {"S": "another"}),
        ("preferred_contact", {"S": "telepathy"}),
        ("preferred_time", {"S": "at night"}),
        ("spam_reasons", {"L": [{"S": "a reason of a later version"}]}),
    ],
)
def test_what_other_code_has_written_does_not_hold_an_alert_up(stack: Stack, attribute: str, value: Any) -> None:
    send(stack)
    damage(stack, attribute, value)

    stack.sweep()

    assert len(stack.mails()) == 1
    assert stack.leads()[0]["alert_sent_at"]


def test_a_repeat_of_what_cannot_be_read_is_no_success_and_no_crash(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    damage(stack, "reference", None)

    answer = send(stack)

    assert answer["statusCode"] == 503
    assert "ItemUnreadable: reference" in capsys.readouterr().out


def test_whatever_goes_wrong_with_one_the_others_are_sent(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    send(stack)
    send(stack, ENQUIRY | {"name": "Eva Ruiz"})
    seen: list[object] = []

    def broken_once(*arguments: Any, **more: Any) -> Any:
        seen.append(arguments)
        if len(seen) == 1:
            raise ZeroDivisionError
        return alert_sent(*arguments, **more)

    monkeypatch.setattr(alert, "alert_sent", broken_once)

    with pytest.raises(ZeroDivisionError):
        stack.sweep()

    assert len([lead for lead in stack.leads() if "alert_sent_at" in lead]) == 1
