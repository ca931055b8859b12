"""What comes of an enquiry that nobody hears of or answers, on the local stack, as `make run` shows it."""

from typing import Any

from infra.local.mail import Mail
from infra.local.stack import LocalStack
from shared.lead import CANARY_ADDRESS
from tests import canary
from tests.stack.conftest import eventually
from tests.stack.test_journey import enquiry, mailed, send, stored


def lead_of(stack: LocalStack, name: str) -> dict[str, Any]:
    (item,) = stored(stack, name)
    return item


def come_due(stack: LocalStack, name: str) -> str | None:
    """What the enquiry waits for next comes due, and the schedule does it; which duty that was."""
    duty = stack.make_due(lead_of(stack, name)["id"])
    stack.schedule.wake()
    return duty


def about(stack: LocalStack, reference: str) -> list[Mail]:
    """The mails that name an enquiry, wherever they do."""
    return [mail for mail in stack.mails() if reference in mail.subject + (mail.text or "")]


def test_without_any_event_the_second_channel_is_told_once_it_can_be(running: LocalStack) -> None:
    name = "Nothing Proves It"
    running.set_fault("ses", "silent")
    running.set_fault("second-channel", "unavailable")
    try:
        reference = send(running, enquiry(name)).json["reference"]
        eventually(lambda: mailed(running, reference))
        eventually(lambda: "filed_at" in lead_of(running, name) and "alert_sent_at" in lead_of(running, name))

        assert come_due(running, name) == "proof"
        eventually(lambda: lead_of(running, name).get("backup_error"))
        assert running.second_channel == []
    finally:
        running.set_fault("ses", None)
        running.set_fault("second-channel", None)
    assert come_due(running, name) == "proof"

    eventually(lambda: lead_of(running, name).get("backup_at"))
    (message,) = running.second_channel
    assert reference in message["title"] + message["message"]
    assert name not in message["title"] + message["message"]
    assert "proof" not in lead_of(running, name)["duties"]


def test_an_enquiry_left_alone_brings_reminders_and_at_last_ops(running: LocalStack) -> None:
    name = "Left Alone"
    reference = send(running, enquiry(name)).json["reference"]
    eventually(lambda: "filed_at" in lead_of(running, name) and "delivered_at" in lead_of(running, name))

    for _ in range(8):
        come_due(running, name)

    told = [entry["what"] for entry in lead_of(running, name)["ledger"]]
    assert told[:2] == ["alert_sent", "delivered"]
    assert told[2:] == ["reminded"] * (len(told) - 3) + ["ops_told"]
    assert len(about(running, reference)) >= len(told) - 2
    # and nothing is left to come but its end
    assert running.make_due(lead_of(running, name)["id"]) is None


def test_once_a_day_an_enquiry_of_the_stacks_own_goes_the_whole_way(running: LocalStack) -> None:
    canary.is_due(running)

    assert running.schedule.wake()["CanaryFunctionHourly"] == "ok"

    (mail,) = [each for each in running.mails() if each.recipients == [CANARY_ADDRESS]]
    assert "Canary" in (mail.text or "")
    assert [item for item in running.items() if item.get("email") == CANARY_ADDRESS] == []
    counted = [
        line for line in running.logs.lines() if line.function == "CanaryFunction" and "CanaryProven" in line.text
    ]
    assert len(counted) == 1
    # and it rests for a day
    assert running.schedule.wake()["CanaryFunctionHourly"] == "ok"
    assert len([each for each in running.mails() if each.recipients == [CANARY_ADDRESS]]) == 1
