"""The notify function: one alert per lead, whatever fails on the way."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from functions.notify import alert, app
from functions.notify.mailer import Mailer
from shared.errors import MailRefused, StoreUnavailable
from shared.lead import ALERT_RETRY_DELAYS
from tests.integration.conftest import Stack
from tests.integration.test_leads import ENQUIRY, send


class Clock:
    """Seconds since the epoch, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(app.time, "time", clock)
    return clock


def refuse(monkeypatch: pytest.MonkeyPatch, reason: str, *, permanent: bool = False) -> None:
    def send(*_: Any) -> str:
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

    def unavailable(*_: Any) -> None:
        raise StoreUnavailable("InternalServerError")

    with monkeypatch.context() as patch:
        patch.setattr(app.store(), "record_sent", unavailable)
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
    assert int(lead["alert_next_at"]) == clock.now + ALERT_RETRY_DELAYS[0]
    assert metrics(capsys)["AlertFailed"] == [1.0]
    clock.now += ALERT_RETRY_DELAYS[0] - 1
    stack.sweep()
    assert stack.mails() == []
    clock.now += 1
    stack.sweep()
    assert len(stack.mails()) == 1
    assert "alert_error" not in stack.leads()[0]


def test_a_sender_that_cannot_be_used_calls_a_person_at_once(
    stack: Stack, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    boto3.client("sesv2").delete_email_identity(EmailIdentity="website@example.com")

    stack.notify()

    assert metrics(capsys)["AlertNeedsHuman"] == [1.0]
    boto3.client("sesv2").create_email_identity(EmailIdentity="website@example.com")
    clock.now += ALERT_RETRY_DELAYS[0]
    stack.sweep()
    assert len(stack.mails()) == 1


def test_after_the_last_attempt_of_the_first_day_a_person_is_called(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    send(stack)
    refuse(monkeypatch, "ServiceUnavailable")
    called = []
    for delay in (0, *ALERT_RETRY_DELAYS):
        clock.now += delay
        stack.sweep()
        called.append("AlertNeedsHuman" in metrics(capsys))

    assert called == [False] * (len(ALERT_RETRY_DELAYS) - 1) + [True, True]
    assert stack.leads()[0]["alert_owed"]


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


@pytest.mark.parametrize("moment", ["before sending", "before recording"])
def test_killed_at_any_point_no_alert_is_lost(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def killed(*_: Any) -> None:
        raise Killed

    send(stack)
    target, name = (Mailer, "send") if moment == "before sending" else (app.LeadStore, "record_sent")
    with monkeypatch.context() as patch:
        patch.setattr(target, name, killed)
        with pytest.raises(Killed):
            stack.notify()

    stack.sweep()
    assert len(stack.mails()) == (0 if moment == "before sending" else 1)
    clock.now += alert.LEASE_SECONDS
    stack.sweep()
    assert len(stack.mails()) == (1 if moment == "before sending" else 2)
    assert "alert_owed" not in stack.leads()[0]


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
    monkeypatch.setattr(app.store()._client, "update_item", away)

    assert stack.notify() == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_an_erased_lead_is_not_written_anew(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    send(stack)
    (lead,) = stack.leads()
    lead_id = lead["pk"].removeprefix("LEAD#")
    stack.dynamodb.delete_item(TableName=stack.table, Key={"pk": {"S": lead["pk"]}, "sk": {"S": lead["sk"]}})

    store = app.store()
    store.record_sent(lead_id, "m", 1.0)
    store.record_failed(lead_id, "r", 1)

    assert store.claim(lead_id, 2.0, 1) is None
    assert stack.leads() == []


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (ClientError({"Error": {"Code": "MessageRejected", "Message": "a@b.c"}}, "SendEmail"), True),
        (ClientError({"Error": {"Code": "TooManyRequestsException"}}, "SendEmail"), False),
        (ConnectTimeoutError(endpoint_url="https://email"), False),
    ],
)
def test_refusals_say_whether_waiting_helps(stack: Stack, error: Exception, permanent: bool) -> None:
    class Client:
        def send_email(self, **_: Any) -> None:
            raise error

    from email.message import EmailMessage

    with pytest.raises(MailRefused) as refusal:
        Mailer("website@example.com", "set", Client()).send(EmailMessage(), "frontdesk@example.com")  # type: ignore[arg-type]

    assert refusal.value.permanent is permanent
    assert "@" not in refusal.value.reason
