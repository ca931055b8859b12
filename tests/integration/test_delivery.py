"""The delivery function: what SES says of a mail becomes facts of enquiries, in any order and however often."""

import json
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import pytest

from functions.delivery import app
from shared.errors import StoreUnavailable
from shared.facts import alert_claimed, reminder_claimed, with_outcome
from shared.lead import timestamp
from shared.mail_items import MailKind, MailStore
from shared.retries import ALERT_LEASE_SECONDS
from shared.store import LeadStore
from tests.clock import Clock
from tests.integration.conftest import Stack
from tests.integration.test_leads import ENQUIRY, send
from tests.unquiet import Killed, Unquiet

pytestmark = pytest.mark.long

NOW = 1_800_000_000.0
TIMES = {name: timestamp(NOW + seconds) for seconds, name in enumerate(("sent", "delivered", "bounced", "later"), 1)}
PERMANENT = {"type": "Bounce", "bounced_at": TIMES["bounced"], "bounce_type": "Permanent", "bounce_subtype": "General"}
# What SES says, by the tests' names for it.
SAID: dict[str, dict[str, str]] = {
    "send": {"type": "Send"},
    "delivery": {"type": "Delivery", "delivered_at": TIMES["delivered"]},
    "delay": {"type": "DeliveryDelay", "delayed_at": TIMES["later"]},
    "permanent": PERMANENT | {"bounce_status": "5.1.1"},
    "transient": PERMANENT | {"bounce_type": "Transient", "bounce_status": "4.4.7"},
    "undetermined": PERMANENT | {"bounce_type": "Undetermined", "bounce_subtype": "Undetermined"},
    "out of office": PERMANENT | {"bounce_type": "Transient"},
    "complaint": {"type": "Complaint", "complained_at": TIMES["later"]},
    "reject": {"type": "Reject"},
}


@pytest.fixture(autouse=True)
def _environment(stack: Stack, clock: Clock) -> Iterator[None]:
    with stack.environment_of("delivery"):
        yield


def mails(stack: Stack) -> list[dict[str, Any]]:
    """Every mail as an item, oldest first."""
    items = stack.dynamodb.scan(TableName=stack.table)["Items"]
    plain = [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
    return sorted((item for item in plain if item["sk"] == "MAIL"), key=lambda mail: mail["id"])


def alerted(stack: Stack) -> str:
    """Store an enquiry and send its alert; the mail's id."""
    send(stack)
    stack.notify()
    return str(mails(stack)[-1]["id"])


def say(stack: Stack, mail: str, *names: str) -> dict[str, Any]:
    """Bring the function these events of a mail in one batch; what it answers."""
    common = {"time": TIMES["later"], "mail": mail, "message_id": "0100-1", "sent_at": TIMES["sent"]}
    bodies = [json.dumps(common | SAID[name]) for name in names]
    return bring(stack, bodies)


def bring(stack: Stack, bodies: Sequence[str]) -> dict[str, Any]:
    source = {"eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}
    return stack.invoke(
        "delivery", {"Records": [source | {"messageId": str(n), "body": body} for n, body in enumerate(bodies)]}
    )


def facts(item: dict[str, Any]) -> set[str]:
    """Which of SES's facts are known of a lead or a mail."""
    names = ("sent_at", "delivered_at", "delayed_at", "bounced_at", "rejected_at", "complained_at", "returned_at")
    return {name for name in names if name in item}


# What comes of a mail, which facts the lead has then, and which of alert and proof are still to be done.
OUTCOMES: dict[tuple[str, ...], tuple[set[str], set[str]]] = {
    (): (set(), {"proof"}),
    ("send",): (set(), {"proof"}),
    ("send", "delivery"): ({"delivered_at"}, set()),
    ("delivery",): ({"delivered_at"}, set()),
    ("send", "delay"): ({"delayed_at"}, {"proof"}),
    ("send", "delay", "delivery"): ({"delayed_at", "delivered_at"}, set()),
    ("send", "permanent"): ({"bounced_at"}, {"proof"}),
    ("send", "delivery", "permanent"): ({"bounced_at", "delivered_at"}, {"proof"}),
    ("send", "transient"): (set(), {"alert", "proof"}),
    ("send", "undetermined"): (set(), {"alert", "proof"}),
    ("send", "delivery", "transient"): ({"delivered_at"}, set()),
    ("send", "delivery", "out of office"): ({"delivered_at"}, set()),
    ("send", "delivery", "complaint"): ({"complained_at", "delivered_at"}, set()),
    ("send", "reject"): ({"rejected_at"}, {"proof"}),
}


@pytest.mark.parametrize("said", OUTCOMES, ids=", ".join)
def test_facts_do_not_depend_on_the_order_of_events_nor_on_how_often_they_come(
    stack: Stack, said: tuple[str, ...]
) -> None:
    known, due = OUTCOMES[said]
    mail = alerted(stack)
    before = stack.dynamodb.scan(TableName=stack.table)["Items"]

    for order in permutations(said) if len(said) < 3 else (said, said[::-1], (said[1], said[2], said[0])):
        for item in before:
            stack.dynamodb.put_item(TableName=stack.table, Item=item)
        for name in (*order, *order):
            assert say(stack, mail, name) == {"batchItemFailures": []}

        (lead,) = stack.leads()
        assert facts(lead) == known, order
        assert {"alert", "proof"} & set(lead["duties"]) == due, order
        assert ("alert_sent_at" in lead) is ("alert" not in due)
        told = [entry["M"]["what"]["S"] for entry in lead["ledger"]]
        assert len(told) == len(set(told)), order


def test_a_fact_has_the_time_at_which_it_happened_and_a_bounce_ses_words(stack: Stack) -> None:
    mail = alerted(stack)

    say(stack, mail, "delivery", "permanent", "send")

    (lead,), (item,) = stack.leads(), mails(stack)
    for known in (lead, item):
        assert (known["delivered_at"], known["bounced_at"]) == (TIMES["delivered"], TIMES["bounced"])
        assert known["bounce"] == "Permanent General 5.1.1"
    assert item["sent_at"] == TIMES["sent"]


def test_the_words_of_a_permanent_bounce_replace_those_of_a_passing_one(stack: Stack) -> None:
    mail = alerted(stack)

    say(stack, mail, "transient", "permanent", "transient")

    assert [known["bounce"] for known in (*stack.leads(), *mails(stack))] == ["Permanent General 5.1.1"] * 2


def test_a_mail_that_came_back_is_sent_again_until_one_is_delivered(stack: Stack, clock: Clock) -> None:
    say(stack, alerted(stack), "send", "transient")
    (waiting,) = stack.leads()
    clock.now = float(waiting["alert_next_at"])

    stack.sweep()

    first, second = mails(stack)
    assert (len(stack.mails()), first["id"][-2:], second["id"][-2:]) == (2, "-1", "-2")
    # and what comes late of the first changes nothing
    say(stack, first["id"], "transient", "send")
    assert "alert_sent_at" in stack.leads()[0]
    say(stack, second["id"], "delivery")
    assert {"alert", "proof"} & set(stack.leads()[0]["duties"]) == set()


def test_an_event_is_the_record_of_a_mail_whose_sender_was_killed_after_sess_yes(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise Killed

    send(stack)
    with monkeypatch.context() as patch:
        patch.setattr(MailStore, "record_accepted", killed)
        with pytest.raises(Killed):
            stack.notify()
    (mail,) = mails(stack)

    say(stack, mail["id"], "send")
    clock.now += ALERT_LEASE_SECONDS
    stack.sweep()

    (lead,) = stack.leads()
    assert (len(stack.mails()), lead["alert_message_id"]) == (1, "0100-1")


def test_what_becomes_of_a_bundle_is_known_of_each_of_its_enquiries(stack: Stack) -> None:
    for name in ("Ana Ruiz", "Eva Ruiz"):
        send(stack, ENQUIRY | {"name": name})
    ids = tuple(lead["id"] for lead in stack.leads())
    for lead_id in ids:
        app.wiring.store.change(lead_id, lambda lead: alert_claimed(lead, NOW, 120, "bundle-1"))
    app.wiring.facts.mails.create("bundle-1", MailKind.BUNDLE, ids, NOW)

    say(stack, "bundle-1", "delivery", "send")

    assert [facts(lead) for lead in stack.leads()] == [{"delivered_at"}] * 2


def test_one_enquiry_that_cannot_be_written_brings_the_event_again_and_keeps_no_other_from_knowing(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Ana Ruiz", "Eva Ruiz"):
        send(stack, ENQUIRY | {"name": name})
    ids = tuple(sorted(lead["id"] for lead in stack.leads()))
    app.wiring.facts.mails.create("bundle-1", MailKind.BUNDLE, ids, NOW)
    change = LeadStore.change

    def broken(store: LeadStore, lead_id: str, step: Any) -> Any:
        if lead_id == ids[0]:
            raise StoreUnavailable("InternalServerError")
        return change(store, lead_id, step)

    with monkeypatch.context() as patch:
        patch.setattr(LeadStore, "change", broken)
        assert say(stack, "bundle-1", "delivery") == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert [facts(lead) for lead in stack.leads()].count({"delivered_at"}) == 1
    assert "InternalServerError" in capsys.readouterr().out

    assert say(stack, "bundle-1", "delivery") == {"batchItemFailures": []}
    assert [facts(lead) for lead in stack.leads()] == [{"delivered_at"}] * 2


def test_events_of_what_is_not_there_any_more_are_no_failure(stack: Stack) -> None:
    mail = alerted(stack)
    stack.erasure().erase(stack.leads()[0]["id"])

    assert say(stack, mail, "send", "permanent") == {"batchItemFailures": []}
    assert say(stack, "alert-of-another-release-1", "send", "permanent") == {"batchItemFailures": []}
    (grave,) = stack.leads()
    assert facts(grave) == set()


def test_an_outcome_written_in_between_stays(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = alerted(stack)
    (lead,) = stack.leads()
    store = LeadStore(stack.table, stack.dynamodb, app.wiring.hours)
    unquiet = Unquiet(stack.dynamodb)
    unquiet.between.append(lambda: store.change(lead["id"], lambda lead: with_outcome(lead, "called", NOW, "link")))
    monkeypatch.setitem(vars(app.wiring), "dynamodb", unquiet)

    say(stack, mail, "delivery")

    (lead,) = stack.leads()
    assert facts(lead) == {"delivered_at"}
    assert [each["M"]["outcome"]["S"] for each in lead["outcomes"]] == ["called"]


@pytest.mark.parametrize("at", range(6))
def test_killed_before_or_after_any_of_its_calls_the_next_try_writes_it_all(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    mail = alerted(stack)
    unquiet = Unquiet(stack.dynamodb)
    unquiet.kill(at)
    with monkeypatch.context() as patch:
        patch.setitem(vars(app.wiring), "dynamodb", unquiet)
        with pytest.raises(Killed):
            say(stack, mail, "delivery")

    patched = app.Wiring()
    monkeypatch.setattr(app, "wiring", patched)
    assert say(stack, mail, "delivery") == {"batchItemFailures": []}

    assert [facts(known) for known in (*stack.leads(), *mails(stack))] == [{"delivered_at"}] * 2


def test_a_reminder_that_ses_has_counts_as_sent_once(stack: Stack) -> None:
    alerted(stack)
    (lead,) = stack.leads()
    app.wiring.store.change(lead["id"], lambda lead: reminder_claimed(lead, int(NOW), NOW, 150, "reminder-1"))
    app.wiring.facts.mails.create("reminder-1", MailKind.REMINDER, (lead["id"],), NOW)

    say(stack, "reminder-1", "send", "send")

    assert stack.leads()[0]["reminder_rung"] == "1"


@pytest.mark.parametrize("kind", [MailKind.DIGEST, MailKind.CONFIRMATION, MailKind.BACKUP])
def test_what_becomes_of_other_mails_is_no_fact_of_an_enquiry(stack: Stack, kind: MailKind) -> None:
    alerted(stack)
    before = stack.leads()
    app.wiring.facts.mails.create("other-1", kind, (before[0]["id"],), NOW)

    say(stack, "other-1", "send", "permanent")

    assert stack.leads() == before
    assert facts(mails(stack)[-1]) == {"sent_at", "bounced_at"}


def test_what_cannot_be_read_is_named_without_being_quoted_and_comes_again(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = alerted(stack)
    capsys.readouterr()
    good = json.dumps(SAID["delivery"] | {"time": TIMES["later"], "mail": mail, "message_id": "0100-1"})

    answer = bring(stack, ['{"type": "Open", "mail": "ana@example.com"}', "Ana Ruiz", good])

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}
    assert facts(stack.leads()[0]) == {"delivered_at"}
    output = capsys.readouterr().out
    refused = [line for line in map(json.loads, output.splitlines()) if line["message"] == "event cannot be read"]
    assert [line["queue_message_id"] for line in refused] == ["0", "1"]
    assert {"type enum", "mail string_pattern_mismatch"} <= set(refused[0]["faults"])
    assert "ana@" not in output
    assert "Ana" not in output
