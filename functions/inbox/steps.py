"""What the buttons that every page of an enquiry has do with it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import Visit
from shared import facts
from shared.acts import told_by
from shared.duties import Hours, call_again_at
from shared.lead import ID_PATTERN, Lead, seconds, timestamp
from shared.outcomes import ANSWERS, OUTCOMES, Outcome
from shared.store import LeadStore

_ID: Final = re.compile(ID_PATTERN)


def lead_id(visit: Visit) -> str:
    """The enquiry that an address names. Raises Refused where it can name none."""
    if not _ID.fullmatch(named := visit.parameters["id"]):
        raise Refused(Code.NO_SUCH_PAGE)
    return named


def read_kept(store: LeadStore, lead_id: str, now: float) -> Lead:
    """An enquiry that is kept at `now` (seconds since the epoch): DynamoDB deletes what is past its date days later.

    Raises:
        Refused: There is none.
        StoreUnavailable: It cannot be read now.
    """
    lead = store.read(lead_id) if _ID.fullmatch(lead_id) else None
    if lead is None or lead.expires_at <= now:
        raise Refused(Code.NOT_KEPT)
    return lead


def is_late(lead: Lead, now: float) -> bool:
    """Whether the time that the person was promised is over without a word from the practice."""
    return not lead.outcome and bool(lead.answer_by) and seconds(lead.answer_by or "") < now


def first_answer(before: Lead, after: Lead) -> Mapping[str, Any]:
    """What the log is told where the person was answered just now and not before, or it was undone that they were."""
    was, at = (facts.answered_at(each, ANSWERS) for each in (before, after))
    if bool(was) == bool(at):
        return {}
    answered = 1 if at else -1
    is_in_time = not after.answer_by or seconds(at or was or "") <= seconds(after.answer_by)
    return {"lead_id": after.id, "answered": answered, "in_time": answered * is_in_time}


def is_time_again(lead: Lead, now: float) -> bool:
    """Whether the time to try again has come (`now` in seconds since the epoch)."""
    again = (lead.outcome or {}).get("again_at")
    return bool(again) and seconds(again or "") <= now


def standing(lead: Lead, hours: Hours, now: float) -> Mapping[str, Any]:
    """What every page of an enquiry says of its times, as things are now (seconds since the epoch)."""
    again = call_again_at(lead, hours)
    return {
        "told_by": told_by(lead),
        "is_late": is_late(lead, now),
        "again": None if again is None else timestamp(again),
        "is_over": again is not None and again <= now,
        "is_time_again": is_time_again(lead, now),
    }


def said(lead: Lead, outcome: Outcome, now: float, by: str, hours: Hours) -> Lead | None:
    """A person says what became of it, and is reminded when the practice usually tries again."""
    last = lead.outcome
    # Said again when it was time to try again, it is another try; before that, another tap.
    if last and last["outcome"] == outcome and not is_time_again(lead, now):
        return None
    days = OUTCOMES[outcome].again_after_days
    return facts.with_outcome(lead, outcome, now, by, hours.opens_after(now, days) if days else None)


def undone(lead: Lead, at: str, now: float, by: str) -> Lead | None:
    """Undo the outcome of that time, if it is the one that stands: a button may be from before another one."""
    return facts.without_outcome(lead, now, by) if lead.outcome and lead.outcome["at"] == at else None


def rescued(lead: Lead, now: float, by: str) -> Lead | None:
    """What was said to be advertising before does not keep the alert back."""
    return facts.rescued(facts.without_outcome(lead, now, by) or lead, now, by)
