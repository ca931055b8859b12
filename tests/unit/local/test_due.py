"""Making due now what an enquiry waits for, on the local stack."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from infra.local.due import make_due, moved_back
from shared import facts
from shared.duties import Duty, duties
from shared.lead import SECONDS_PER_DAY, Lead, seconds, timestamp
from tests.hours import AlwaysOpen
from tests.leads import LEAD

if TYPE_CHECKING:
    from shared.store import LeadStore

STORED = int(seconds(LEAD.stored_at))
NOW = STORED + 10
PROMISED = STORED + 3600


class ByDay(AlwaysOpen):
    """A practice that is open in the first half of each day (UTC)."""

    def next_open(self, at: float) -> int | None:
        days, into_day = divmod(int(at), SECONDS_PER_DAY)
        return int(at) if into_day < SECONDS_PER_DAY / 2 else (days + 1) * SECONDS_PER_DAY

    def after(self, start: float, seconds: float) -> int | None:
        return (self.next_open(start) or 0) + int(seconds)


class Store:
    """A store of one lead."""

    def __init__(self, lead: Lead) -> None:
        self.lead = lead

    def read(self, lead_id: str) -> Lead | None:
        return self.lead if lead_id == self.lead.id else None

    def change(self, lead_id: str, step: Any) -> Lead | None:
        if changed := step(self.lead):
            self.lead = changed
        return cast("Lead | None", changed)


def delivered() -> Lead:
    new = replace(LEAD, version=1, answer_by=timestamp(PROMISED), filed_at=LEAD.stored_at)
    return facts.delivered(new, timestamp(STORED + 2)) or new


def make(lead: Lead, hours: AlwaysOpen, lead_id: str = LEAD.id) -> tuple[str | None, Lead]:
    store = Store(lead)
    return make_due(cast("LeadStore", store), hours, lead_id, NOW), store.lead


def test_what_comes_next_is_due_and_the_times_between_facts_are_as_they_were() -> None:
    done, lead = make(delivered(), AlwaysOpen())

    assert done == "answer"
    assert duties(lead, AlwaysOpen()) == {Duty.ANSWER: NOW}
    assert seconds(lead.answer_by or "") - seconds(lead.stored_at) == 3600
    assert seconds(lead.delivered_at or "") - seconds(lead.stored_at) == 2
    assert [entry["at"] for entry in lead.ledger] == [lead.delivered_at]
    assert (lead.enquiry, lead.expires_at) == (LEAD.enquiry, LEAD.expires_at)


def test_what_waits_for_the_practice_to_open_is_due_too_and_the_reminder_after_it_is_not() -> None:
    assert ByDay().next_open(NOW) != NOW  # it is evening

    done, lead = make(delivered(), ByDay())

    assert done == "answer"
    assert duties(lead, ByDay())[Duty.ANSWER] <= NOW
    deadline = int(seconds(lead.answer_by or ""))
    assert duties(replace(lead, reminder_for=deadline, reminder_rung=1), ByDay())[Duty.ANSWER] > NOW


def test_what_is_due_already_keeps_nothing_else_from_being_made_due() -> None:
    done, lead = make(replace(delivered(), filed_at=None), AlwaysOpen())

    assert done == "answer"
    assert duties(lead, AlwaysOpen()) == {Duty.FILE: 0, Duty.ANSWER: NOW}


def test_leases_and_dates_that_people_chose_move_along() -> None:
    lead = facts.with_outcome(delivered(), "left_message", NOW, "link", again_at=NOW + 500)
    lead = replace(lead or LEAD, backup_next_at=NOW + 7, reminder_for=NOW + 500)

    moved = moved_back(lead, 100)

    assert moved.outcomes[0]["again_at"] == timestamp(NOW + 400)
    assert (moved.backup_next_at, moved.reminder_for) == (NOW - 93, NOW + 400)


def test_of_what_waits_for_nothing_or_is_not_there_nothing_is_due() -> None:
    answered = facts.with_outcome(delivered(), "booked", NOW, "link") or LEAD

    assert make(answered, AlwaysOpen()) == (None, answered)
    assert make(LEAD, AlwaysOpen(), "another")[0] is None
