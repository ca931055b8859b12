"""What people of the practice do with an enquiry beyond saying what became of it: facts, as in `shared.facts`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shared.duties import PROOF_AFTER_SECONDS, is_seen, lost_at
from shared.facts import with_outcome
from shared.lead import Lead, seconds, timestamp
from shared.ledger import What, with_entry
from shared.outcomes import Outcome
from shared.retries import ALERT_LEASE_SECONDS

# All of them at their longest, in letters of four bytes, fill a third of what an item can hold.
MOST_NOTES: Final = 30
LONGEST_NOTE: Final = 1000


def alert_asked(lead: Lead, now: float, by: str) -> Lead | None:
    """The alert is to go out once more, as if for the first time; None where it is on its way."""
    if lead.is_kept_back or is_on_its_way(lead, now):
        return None
    return with_entry(
        lead,
        timestamp(now),
        What.ALERT_ASKED,
        by,
        alert_asked_at=timestamp(now),
        alert_next_at=None,
        alert_mail_id=None,
        alert_error=None,
        alert_sent_at=None,
        alert_message_id=None,
        alert_returned_at=None,
        alert_bundle=None,
        delivered_at=None,
        delayed_at=None,
        bounced_at=None,
        rejected_at=None,
        bounce=None,
        backup_at=None,
        backup_lost_at=None,
        backup_attempts=0,
        backup_next_at=None,
        backup_error=None,
    )


def is_on_its_way(lead: Lead, now: float) -> bool:
    """Whether an alert is being sent, is to be sent within minutes, or was sent and may still be proven."""
    if lead.alert_sent_at:
        is_settled = lead.delivered_at or lost_at(lead)
        return not is_settled and now < seconds(lead.alert_sent_at) + PROOF_AFTER_SECONDS
    if lead.delivered_at or lost_at(lead):
        return False
    if lead.alert_next_at is None:
        return not is_seen(lead)  # due at once, unless somebody acted before it was
    # A lease, or an attempt that comes as soon as a lease would end.
    return lead.alert_next_at <= now + ALERT_LEASE_SECONDS


def again_chosen(lead: Lead, again_at: int, now: float, by: str) -> Lead | None:
    """The person is to be called again then (seconds since the epoch); None if that is what stands already.

    It goes with the outcome that stands. Where none does, nobody was reached, and it is put off.
    """
    if lead.outcome is None:
        return with_outcome(lead, Outcome.NOT_REACHED, now, by, again_at)
    at = timestamp(again_at)
    if lead.outcome.get("again_at") == at:
        return None
    outcomes = _with_standing(lead, {**lead.outcome, "again_at": at})
    return with_entry(lead, timestamp(now), What.AGAIN, by, about=at, outcomes=outcomes)


def not_again(lead: Lead, now: float, by: str) -> Lead | None:
    """Nobody is to be called again after all; what was said stays."""
    if lead.outcome is None or "again_at" not in lead.outcome:
        return None
    without = {name: value for name, value in lead.outcome.items() if name != "again_at"}
    return with_entry(lead, timestamp(now), What.NOT_AGAIN, by, outcomes=_with_standing(lead, without))


def _with_standing(lead: Lead, changed: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    return tuple(changed if each is lead.outcome else each for each in lead.outcomes)


def noted(lead: Lead, text: str, now: float, by: str) -> Lead | None:
    """Somebody wrote a note; None for the last one once more, or where there is no room (`MOST_NOTES`)."""
    is_last = bool(lead.notes) and (lead.notes[-1]["text"], lead.notes[-1]["by"]) == (text, by)
    if is_last or len(lead.notes) >= MOST_NOTES:
        return None
    at = timestamp(now)
    return with_entry(lead, at, What.NOTED, by, notes=(*lead.notes, {"at": at, "by": by, "text": text}))


def told_closed(lead: Lead, day: str, later: str | None, text: str, now: float, by: str) -> Lead | None:
    """Somebody told the person that the practice is closed on a day (ISO 8601): a note, which knows the day.

    It knows, too, by when the person was told to hear from the practice instead, if they were (ISO 8601). None where
    they were told of that day before, or where there is no room.
    """
    if note_of_closure(lead, day):
        return None
    wanted = noted(lead, text, now, by)
    known = {"closed": day} | ({"told": later} if later else {})
    return wanted and replace(wanted, notes=(*wanted.notes[:-1], {**wanted.notes[-1], **known}))


def note_of_closure(lead: Lead, day: str) -> Mapping[str, str] | None:
    """The note that the person was told of a closed day (ISO 8601), or None."""
    return next((each for each in lead.notes if each.get("closed") == day), None)


def told_by(lead: Lead) -> str | None:
    """By when the person was told last to hear from the practice, other than was promised at first (ISO 8601)."""
    return next((each["told"] for each in reversed(lead.notes) if "told" in each), None)


def note_removed(lead: Lead, at: str, now: float, by: str) -> Lead | None:
    """A note was a mistake, and is not kept: it may be about another person."""
    left = tuple(each for each in lead.notes if each["at"] != at)
    return None if left == lead.notes else with_entry(lead, timestamp(now), What.NOTE_REMOVED, by, notes=left)


def apart(lead: Lead, other: Lead, now: float, by: str) -> Lead | None:
    """Two enquiries of one number or address are of two people."""
    if other.id in lead.apart:
        return None
    return with_entry(lead, timestamp(now), What.APART, by, about=other.reference, apart=(*lead.apart, other.id))


def together(lead: Lead, other: Lead, now: float, by: str) -> Lead | None:
    """They are of one person after all."""
    if other.id not in lead.apart:
        return None
    left = tuple(each for each in lead.apart if each != other.id)
    return with_entry(lead, timestamp(now), What.TOGETHER, by, about=other.reference, apart=left)
