"""What people do with an enquiry beside saying what became of it, and what follows from that."""

from dataclasses import replace

import pytest

from shared import acts, facts
from shared.duties import PROOF_AFTER_SECONDS, Duty, duties
from shared.lead import HONEYPOT, Lead, seconds, timestamp
from shared.ledger import changes_since
from shared.outcomes import Outcome
from shared.retries import ALERT_LEASE_SECONDS
from tests.hours import AlwaysOpen
from tests.leads import LEAD

STORED = int(seconds(LEAD.stored_at))
ASKED = STORED + 86_400
BY = "ana@practice.example"
NEW = replace(facts.filed(LEAD, STORED), version=1, answer_by=timestamp(STORED + 6 * 3600))
OTHER = replace(LEAD, id="f" * 32, reference="2222-3333")


def sent(lead: Lead = NEW, at: float = STORED + 2, mail_id: str = "alert-1") -> Lead:
    claimed = facts.alert_claimed(lead, at - 1, ALERT_LEASE_SECONDS, mail_id)
    return facts.alert_sent(claimed, mail_id, timestamp(at), message_id="m") or LEAD


def delivered(lead: Lead, at: float = STORED + 5) -> Lead:
    return facts.delivered(lead, timestamp(at)) or LEAD


def asked(lead: Lead, now: float = ASKED) -> Lead:
    return acts.alert_asked(lead, now, BY) or LEAD


def open_duties(lead: Lead | None) -> dict[str, int]:
    assert lead is not None
    return {duty.value: at for duty, at in duties(lead, AlwaysOpen()).items()}


SETTLED = {
    "delivered": delivered(sent()),
    "bounced": facts.bounced(sent(), timestamp(STORED + 9), "Permanent General 5.1.1"),
    "rejected": facts.rejected(sent(), timestamp(STORED + 9)),
    "told by another way": facts.backup_used(sent(), STORED + 900, "mail", None),
    "answered": facts.with_outcome(delivered(sent()), Outcome.BOOKED, STORED + 60, BY),
    "never sent, for somebody acted before": facts.with_outcome(NEW, Outcome.BOOKED, STORED + 60, BY),
    "refused, and not tried for hours": facts.alert_refused(
        facts.alert_claimed(NEW, ASKED - 10, 120, "alert-1"), "Throttling", ASKED - 9, ASKED + 3600
    ),
}


@pytest.mark.parametrize("state", SETTLED)
def test_an_alert_that_is_asked_for_is_due_at_once_and_proven_like_the_first(state: str) -> None:
    lead = asked(SETTLED[state] or LEAD)

    due = open_duties(lead)
    assert (due["alert"], due["proof"]) == (0, ASKED + PROOF_AFTER_SECONDS)
    again = sent(lead, ASKED + 30, "alert-2")
    assert "alert" not in open_duties(again)
    assert open_duties(again)["proof"] == ASKED + PROOF_AFTER_SECONDS
    assert {"alert", "proof"} & open_duties(delivered(again, ASKED + 32)).keys() == set()


@pytest.mark.parametrize(
    "lead",
    [
        NEW,
        facts.alert_claimed(NEW, ASKED, ALERT_LEASE_SECONDS, "alert-1"),
        sent(NEW, ASKED - 60),
        asked(delivered(sent()), ASKED - 1),
        sent(asked(delivered(sent()), ASKED - 60), ASKED - 1),
        replace(NEW, spam_reasons=(HONEYPOT,)),
    ],
    ids=["owed", "being sent", "sent and not proven yet", "asked for", "asked for and sent", "kept back"],
)
def test_an_alert_that_is_on_its_way_or_kept_back_is_not_asked_for(lead: Lead) -> None:
    assert acts.alert_asked(lead, ASKED, BY) is None


def test_what_becomes_of_the_mails_before_is_no_news_of_the_one_that_was_asked_for() -> None:
    lead, before = asked(delivered(sent())), timestamp(STORED + 6)

    assert facts.alert_sent(lead, "alert-1", before) is None
    assert facts.delivered(lead, before) is None
    assert facts.delayed(lead, before) is None
    assert facts.bounced(lead, before, "Permanent General") is None
    assert facts.rejected(lead, before) is None
    assert facts.returned(lead, "alert-1", timestamp(ASKED + 5), "Transient General", ASKED + 60) is None


def test_whoever_acts_while_the_alert_is_asked_for_needs_it_no_more() -> None:
    lead = facts.with_outcome(asked(delivered(sent())), Outcome.CALLED, ASKED + 1, BY)

    assert open_duties(lead) == {}


def test_a_note_proves_that_the_practice_knows_and_stops_no_clock() -> None:
    noted = acts.noted(NEW, "Rang, engaged", STORED + 60, BY)

    assert open_duties(noted) == {"answer": STORED + 6 * 3600}


def test_a_date_goes_with_the_outcome_that_stands() -> None:
    spoke = facts.with_outcome(NEW, Outcome.CALLED, STORED + 60, BY) or LEAD
    thursday = acts.again_chosen(spoke, ASKED, STORED + 70, BY) or LEAD
    friday = acts.again_chosen(thursday, ASKED + 86_400, STORED + 80, BY) or LEAD

    assert open_duties(thursday) == {"again": ASKED}
    assert open_duties(friday) == {"again": ASKED + 86_400}
    assert [each["outcome"] for each in friday.outcomes] == ["called"]
    assert acts.again_chosen(friday, ASKED + 86_400, STORED + 90, BY) is None
    assert [each.get("about") for each in friday.ledger[-2:]] == [timestamp(ASKED), timestamp(ASKED + 86_400)]


def test_a_date_without_an_outcome_puts_the_call_off_and_answers_nobody() -> None:
    lead = acts.again_chosen(NEW, ASKED, STORED + 60, BY) or LEAD

    assert open_duties(lead) == {"again": ASKED}
    assert facts.answered_at(lead, frozenset({"called", "booked"})) is None
    undone = facts.without_outcome(lead, STORED + 70, BY)
    assert open_duties(undone)["answer"] == STORED + 6 * 3600


def test_a_date_can_be_taken_back_and_the_outcome_stays() -> None:
    lead = facts.with_outcome(NEW, Outcome.LEFT_MESSAGE, STORED + 60, BY, ASKED) or LEAD

    without = acts.not_again(lead, STORED + 70, BY) or LEAD

    assert open_duties(without) == {}
    assert without.outcome == {"outcome": "left_message", "at": timestamp(STORED + 60), "by": BY}
    assert acts.not_again(without, STORED + 80, BY) is None
    assert acts.not_again(NEW, STORED + 80, BY) is None


def test_notes_are_kept_in_order_and_a_second_tap_writes_none() -> None:
    first = acts.noted(NEW, "one", STORED + 1, BY) or LEAD
    second = acts.noted(first, "two", STORED + 2, "bo@practice.example") or LEAD

    assert [(each["text"], each["by"]) for each in second.notes] == [("one", BY), ("two", "bo@practice.example")]
    assert acts.noted(second, "two", STORED + 3, "bo@practice.example") is None
    assert acts.noted(second, "two", STORED + 3, BY) is not None


def test_there_is_room_for_so_many_notes_and_none_is_pushed_out() -> None:
    lead = NEW
    for number in range(acts.MOST_NOTES):
        lead = acts.noted(lead, str(number), STORED + number, BY) or LEAD

    assert acts.noted(lead, "one more", ASKED, BY) is None
    left = acts.note_removed(lead, timestamp(STORED + 3), ASKED, BY) or LEAD
    assert [each["text"] for each in left.notes[:4]] == ["0", "1", "2", "4"]
    assert acts.noted(left, "one more", ASKED, BY) is not None


def test_what_a_deleted_note_said_is_nowhere_any_more() -> None:
    lead = acts.noted(NEW, "about somebody else", STORED + 1, BY) or LEAD

    left = acts.note_removed(lead, timestamp(STORED + 1), STORED + 2, BY) or LEAD

    assert "somebody else" not in repr((left.notes, left.ledger))
    assert acts.note_removed(left, timestamp(STORED + 1), STORED + 3, BY) is None


def test_two_enquiries_are_said_to_be_of_two_people_and_of_one_again() -> None:
    two = acts.apart(NEW, OTHER, STORED + 1, BY) or LEAD
    assert two.apart == (OTHER.id,)
    assert acts.apart(two, OTHER, STORED + 2, BY) is None

    one = acts.together(two, OTHER, STORED + 3, BY) or LEAD
    assert one.apart == ()
    assert acts.together(one, OTHER, STORED + 4, BY) is None
    assert [each["about"] for each in one.ledger[-2:]] == [OTHER.reference] * 2


def test_what_has_changed_since_a_page_was_shown_is_what_people_did() -> None:
    by_itself = replace(delivered(sent()), version=5)
    called = replace(facts.with_outcome(by_itself, Outcome.CALLED, STORED + 60, BY) or LEAD, version=6)
    noted = replace(acts.noted(called, "note", STORED + 70, BY) or LEAD, version=7)

    assert changes_since(by_itself, 1) == ()
    assert [each["what"] for each in changes_since(noted, 5)] == ["called", "noted"]
    assert [each["what"] for each in changes_since(noted, 6)] == ["noted"]
    assert changes_since(noted, 7) == ()


@pytest.mark.parametrize("outcome", Outcome)
def test_no_alert_is_owed_once_an_outcome_stands(outcome: Outcome) -> None:
    lead = facts.with_outcome(NEW, outcome, STORED + 60, BY, ASKED)

    assert Duty.ALERT not in open_duties(lead)
