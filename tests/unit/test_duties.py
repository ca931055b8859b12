"""What follows from a lead's facts."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import facts, ledger
from shared.duties import PROOF_AFTER_SECONDS, Duty, call_again_at, duties
from shared.lead import HONEYPOT, SECONDS_PER_DAY, Lead, seconds, timestamp
from shared.outcomes import OUTCOMES, Outcome
from tests.hours import AlwaysOpen, NeverOpen
from tests.leads import LEAD

STORED = int(seconds(LEAD.stored_at))
PROMISED = STORED + 6 * 3600
HOURS = AlwaysOpen()
NEW = replace(LEAD, version=1, answer_by=timestamp(PROMISED))
FILED = facts.filed(NEW, STORED + 1)
MAIL = "alert-1-1"


def open_duties(lead: Lead | None) -> dict[str, int]:
    assert lead is not None
    return {duty.value: at for duty, at in duties(lead, HOURS).items()}


def sent(lead: Lead = FILED, mail_id: str = MAIL) -> Lead:
    claimed = facts.alert_claimed(lead, STORED + 1, 120, mail_id)
    return facts.alert_sent(claimed, mail_id, timestamp(STORED + 2), message_id="m") or claimed


def delivered() -> Lead:
    return facts.delivered(sent(), timestamp(STORED + 5)) or LEAD


def test_a_new_lead_is_filed_and_alerted_at_once_proven_in_a_quarter_of_an_hour_and_answered_as_promised() -> None:
    assert open_duties(NEW) == {"file": 0, "alert": 0, "proof": STORED + PROOF_AFTER_SECONDS, "answer": PROMISED}


def test_a_delivered_alert_leaves_the_answer_alone() -> None:
    assert open_duties(delivered()) == {"answer": PROMISED}


def test_while_somebody_sends_the_alert_nobody_else_does_until_the_lease_is_over() -> None:
    claimed = facts.alert_claimed(FILED, STORED, 120, MAIL)

    assert open_duties(claimed)["alert"] == STORED + 120


@pytest.mark.parametrize(
    "lost",
    [
        lambda lead: facts.bounced(lead, timestamp(STORED + 9), "Permanent General 5.1.1"),
        lambda lead: facts.rejected(lead, timestamp(STORED + 9)),
    ],
    ids=["bounced", "rejected"],
)
@pytest.mark.parametrize("before", [sent, delivered], ids=["sent", "delivered"])
def test_a_mailbox_that_cannot_be_reached_calls_the_second_channel_at_once(
    before: Callable[[], Lead], lost: Callable[[Lead], Lead]
) -> None:
    assert open_duties(lost(before())) == {"proof": STORED + 9, "answer": PROMISED}


@pytest.mark.parametrize("bounced_after", [1000, 10], ids=["later", "earlier, and its event was late"])
def test_a_bounce_that_the_second_channel_was_not_told_of_is_told_once_more_and_then_no_more(
    bounced_after: int,
) -> None:
    used = facts.backup_used(sent(), STORED + 900, "apprise", None)
    assert "proof" not in open_duties(used)

    at = timestamp(STORED + bounced_after)
    bounced = facts.bounced(used, at, "Permanent General 5.1.1")
    assert open_duties(bounced)["proof"] == STORED + bounced_after

    told = facts.backup_used(bounced or LEAD, STORED + 1010, "apprise", at)
    assert "proof" not in open_duties(told)


def test_a_mail_that_came_back_for_the_time_being_is_sent_again_unless_it_arrived() -> None:
    back = facts.returned(sent(), MAIL, timestamp(STORED + 60), "Transient General 4.4.7", STORED + 360)
    assert open_duties(back)["alert"] == STORED + 360

    arrived = facts.delivered(back or LEAD, timestamp(STORED + 70))
    assert "alert" not in open_duties(arrived)
    assert facts.returned(delivered(), MAIL, timestamp(STORED + 60), "Transient General", STORED + 360) is None


def test_a_second_attempt_that_is_under_way_is_no_sent_alert() -> None:
    back = facts.returned(sent(), MAIL, timestamp(STORED + 60), "Transient General 4.4.7", STORED + 360)
    claimed = facts.alert_claimed(back or LEAD, STORED + 360, 120, "alert-1-2")

    assert open_duties(claimed)["alert"] == STORED + 480


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_outcome_ends_every_other_duty_and_its_undoing_opens_them_again(outcome: Outcome) -> None:
    again_at = STORED + SECONDS_PER_DAY if OUTCOMES[outcome].again_after_days else None
    done = facts.with_outcome(FILED, outcome, STORED + 60, "link", again_at)

    assert open_duties(done) == ({"again": again_at} if again_at else {})
    undone = facts.without_outcome(done or LEAD, STORED + 90, "link")
    assert open_duties(undone) == open_duties(FILED)
    assert [each["what"] for each in (undone or LEAD).ledger[-2:]] == [outcome, f"undone_{outcome}"]


def test_what_is_kept_back_is_looked_at_by_its_promise_and_alerts_once_it_is_rescued() -> None:
    kept = replace(NEW, spam_reasons=(HONEYPOT,))
    assert open_duties(kept) == {"file": 0, "review": PROMISED}

    rescued = facts.rescued(kept, STORED + 4000, "link")
    assert open_duties(rescued) == {
        "file": 0,
        "alert": 0,
        "proof": STORED + 4000 + PROOF_AFTER_SECONDS,
        "answer": STORED + 4000 + 2 * SECONDS_PER_DAY,
    }
    assert facts.rescued(rescued or LEAD, STORED + 5000, "link") is None


def reminders(lead: Lead) -> Iterator[int]:
    """When each reminder comes, to the last."""
    while (due := open_duties(lead)["answer"]) != lead.expires_at:
        yield due
        deadline = int(seconds(lead.answer_by or ""))
        claimed = facts.reminder_claimed(lead, deadline, due, 60, f"reminder-{due}")
        lead = facts.reminded(claimed, f"reminder-{due}", timestamp(due)) or lead


def test_reminders_climb_a_ladder_and_the_enquiry_stays_open_to_its_end() -> None:
    assert list(reminders(delivered())) == [PROMISED, PROMISED + 4 * 3600, PROMISED + 8 * 3600]


def test_a_reminder_that_failed_waits_and_another_deadline_does_not_wait_for_it() -> None:
    claimed = facts.reminder_claimed(delivered(), PROMISED, PROMISED, 150, "reminder-1")
    failed = facts.reminder_failed(claimed, "reminder-1", PROMISED + 300) or LEAD
    assert open_duties(failed)["answer"] == PROMISED + 300

    again = facts.with_outcome(failed, Outcome.LEFT_MESSAGE, PROMISED + 60, "link", PROMISED + 90)
    assert open_duties(again) == {"again": PROMISED + 90}


def test_after_an_outage_reminders_come_one_by_one() -> None:
    late = PROMISED + 10 * 3600
    claimed = facts.reminder_claimed(delivered(), PROMISED, late, 60, "reminder-1")
    first = facts.reminded(claimed, "reminder-1", timestamp(late)) or LEAD
    assert open_duties(first)["answer"] == late + 4 * 3600


def test_where_nothing_could_be_promised_two_open_days_are() -> None:
    assert open_duties(replace(delivered(), answer_by=None)) == {"answer": STORED + 2 * SECONDS_PER_DAY}


def test_a_practice_that_is_closed_for_months_is_reminded_all_the_same() -> None:
    assert duties(replace(delivered(), answer_by=None), NeverOpen()) == {Duty.ANSWER: STORED + 2 * SECONDS_PER_DAY}


def test_a_lead_from_before_versions_owes_its_alert_and_nothing_else() -> None:
    assert duties(replace(LEAD, alert_next_at=7), HOURS) == {Duty.ALERT: 7}
    assert duties(LEAD, HOURS) == {}


EVENTS: dict[str, Callable[[Lead], Lead | None]] = {
    "sent": lambda lead: facts.alert_sent(lead, MAIL, timestamp(STORED + 10), ledger.SES),
    "recorded": lambda lead: facts.alert_sent(lead, MAIL, timestamp(STORED + 11), message_id="m"),
    "unproven": lambda lead: facts.alert_unproven(lead, "ReadTimeoutError", STORED + 12, STORED + 300),
    "delivered": lambda lead: facts.delivered(lead, timestamp(STORED + 13)),
    "delayed": lambda lead: facts.delayed(lead, timestamp(STORED + 14)),
    "returned": lambda lead: facts.returned(lead, MAIL, timestamp(STORED + 15), "Transient General", STORED + 400),
    "bounced": lambda lead: facts.bounced(lead, timestamp(STORED + 16), "Permanent General 5.1.1"),
    "complained": lambda lead: facts.complained(lead, timestamp(STORED + 17)),
}


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=12))
def test_events_in_any_order_and_number_never_lose_proof_loss_or_the_enquiry(names: list[str]) -> None:
    lead = facts.alert_claimed(FILED, STORED + 1, 120, MAIL)
    for name in names:
        lead = EVENTS[name](lead) or lead

    due = open_duties(lead)
    assert due["answer"] == PROMISED
    assert ("proof" in due) == ("delivered" not in names or "bounced" in names)
    assert "alert" not in due or not {"delivered", "bounced"} & set(names)
    for name in names:  # a repeat says nothing new
        assert name in ("unproven", "recorded") or EVENTS[name](lead) is None


def test_the_ledger_keeps_its_first_and_its_last_lines() -> None:
    lead = FILED
    for number in range(200):
        lead = ledger.with_entry(lead, timestamp(STORED + number), f"n{number}")

    assert len(lead.ledger) == 80
    assert [lead.ledger[0]["what"], lead.ledger[19]["what"], lead.ledger[20]["what"]] == ["n0", "n19", "n140"]
    assert lead.ledger[-1]["what"] == "n199"


def test_an_answer_is_the_earliest_outcome_that_stands_and_counts() -> None:
    answers = frozenset(each for each, meaning in OUTCOMES.items() if meaning.is_answer)
    first = facts.with_outcome(FILED, Outcome.CALLED, STORED + 10, "link") or LEAD
    undone = facts.without_outcome(first, STORED + 20, "link") or LEAD
    second = facts.with_outcome(undone, Outcome.BOOKED, STORED + 30, "link") or LEAD
    third = facts.with_outcome(second, Outcome.NOT_FOR_US, STORED + 40, "link") or LEAD

    assert facts.answered_at(third, answers) == timestamp(STORED + 30)
    assert facts.answered_at(undone, answers) is None


@pytest.mark.parametrize("hours", [AlwaysOpen(), NeverOpen()])
def test_a_call_is_when_it_was_chosen_for_also_where_nothing_is_open_for_long(hours: AlwaysOpen) -> None:
    again = facts.with_outcome(NEW, Outcome.LEFT_MESSAGE, STORED, "a", STORED + 99)
    assert again
    assert call_again_at(again, hours) == STORED + 99
    assert call_again_at(NEW, hours) is None
