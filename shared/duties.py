"""What is to be done about a lead, and when: derived from its facts, never written down by hand.

| duty   | due                                               | fulfilled by                                            |
|--------|---------------------------------------------------|---------------------------------------------------------|
| file   | at once                                           | the pointers by which it is found                       |
| alert  | at once and when asked for, then on the ladder    | SES took it and it did not come back, or a person acted |
| proof  | 15 minutes after storing; at once if it bounced   | a Delivery, an act of a person, or the second channel   |
| answer | as promised, or after two open days; on a ladder  | an outcome                                              |
| again  | the date that a person chose; on the same ladder  | the next outcome                                        |
| review | as an answer, of what is kept back                | an outcome, or its rescue                               |

An open enquiry always has a duty, if only at the end of its life: what is due at all is the list of open enquiries.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, Protocol

from shared.lead import SECONDS_PER_DAY, Lead, seconds

PROOF_AFTER_SECONDS: Final = 900
# Where nothing could be promised: open days, and days where nothing is open for long.
_UNPROMISED_DAYS: Final = 2


class Duty(StrEnum):
    """What can be due."""

    FILE = "file"
    ALERT = "alert"
    PROOF = "proof"
    ANSWER = "answer"
    AGAIN = "again"
    REVIEW = "review"


class Hours(Protocol):
    """What duties ask of the opening hours (`shared.opening_hours`)."""

    @property
    def remind_after(self) -> tuple[int, ...]:
        """Seconds of open time from a deadline to each reminder; the last is not the practice's, but ops'."""

    def next_open(self, at: float) -> int | None:
        """`at` itself if open then, else the next opening; None if there is none for long."""

    def after(self, start: float, seconds: float) -> int | None:
        """When so much open time has passed."""

    def days_after(self, start: float, days: int) -> int | None:
        """The end of the n-th open day after."""

    def opens_after(self, start: float, days: int) -> int | None:
        """The opening on the n-th open day after."""


def duties(lead: Lead, hours: Hours) -> Mapping[Duty, int]:
    """Say what is to be done about a lead.

    Returns:
        The open duties, each with when it is due, in seconds since the epoch.
    """
    if not lead.version:  # from before there were duties: `alert_next_at` is there while an alert is owed
        return {} if lead.alert_next_at is None else {Duty.ALERT: lead.alert_next_at}
    due = {
        Duty.FILE: _file(lead),
        Duty.ALERT: _alert(lead),
        Duty.PROOF: _proof(lead),
        Duty.ANSWER: _answer(lead, hours),
        Duty.AGAIN: _again(lead, hours),
        Duty.REVIEW: _review(lead, hours),
    }
    return {duty: at for duty, at in due.items() if at is not None}


def deadline(lead: Lead, hours: Hours) -> int | None:
    """By when somebody at the practice is to act, in seconds since the epoch; None where nobody has to any more."""
    if (outcome := lead.outcome) is None:
        return _promised(lead, hours)
    return int(seconds(outcome["again_at"])) if "again_at" in outcome else None


def call_again_at(lead: Lead, hours: Hours) -> int | None:
    """When the person is to be called again, in seconds since the epoch; None where nobody is.

    That is when the practice is reminded of it first: where it closed since a time was chosen, when it opens next.
    """
    if lead.outcome is None or (at := deadline(lead, hours)) is None:
        return None
    return hours.next_open(at) or at


def rung(lead: Lead, deadline: int) -> int:
    """How many reminders of this deadline are done."""
    return lead.reminder_rung if lead.reminder_for == deadline else 0


def lost_at(lead: Lead) -> str | None:
    """When SES said that no mail reaches the practice, or None."""
    return lead.bounced_at or lead.rejected_at


def waits_since(lead: Lead, wanted: Iterable[Duty], hours: Hours, now: float) -> float:
    """Since when the oldest of these duties is due, in seconds since the epoch; `now` where none of them is."""
    due = duties(lead, hours)
    waiting = [at for duty in wanted if (at := due.get(duty)) is not None and at <= now]
    # What was due long ago may only be so since somebody took an outcome back: the last line says when.
    return due_since(min(waiting), lead.stored_at, *(each["at"] for each in lead.ledger[-1:])) if waiting else now


def due_since(at: float, *asked: str) -> float:
    """Since when a step is due that is written down for `at`: of one that is due at once, since it was asked for."""
    return max(at, *map(seconds, asked))


def is_seen(lead: Lead) -> bool:
    """Whether somebody at the practice did something about it, and has not asked for the alert since."""
    acts = [each["at"] for each in (lead.outcome, *lead.notes[-1:]) if each]
    return max(acts, default="") > (lead.alert_asked_at or "")


def _file(lead: Lead) -> int | None:
    return None if lead.filed_at else lead.file_next_at or 0


def _alert(lead: Lead) -> int | None:
    if lead.is_kept_back or is_seen(lead) or lead.alert_sent_at or lead.delivered_at or lost_at(lead):
        return None
    # Zero, not the time of storing: due at once, whatever another machine's clock says.
    return lead.alert_next_at or 0


def _proof(lead: Lead) -> int | None:
    lost = lost_at(lead)
    is_proven = lead.delivered_at and not lost
    if lead.is_kept_back or is_seen(lead) or is_proven or _is_told(lead):
        return None
    due = int(seconds(lead.alert_asked_at or lead.rescued_at or lead.stored_at)) + PROOF_AFTER_SECONDS
    if lost:
        due = int(seconds(lost)) if lead.backup_at else min(due, int(seconds(lost)))
    return max(due, lead.backup_next_at or 0)


def _is_told(lead: Lead) -> bool:
    """Whether the second channel was used, and if SES gave a reason, knew it: the reason is told once, too."""
    return bool(lead.backup_at) and lead.backup_lost_at == lost_at(lead)


def _answer(lead: Lead, hours: Hours) -> int | None:
    return None if lead.is_kept_back or lead.outcome else _reminder(lead, hours)


def _again(lead: Lead, hours: Hours) -> int | None:
    return _reminder(lead, hours) if lead.outcome else None


def _review(lead: Lead, hours: Hours) -> int | None:
    return _promised(lead, hours) if lead.is_kept_back and not lead.outcome else None


def _promised(lead: Lead, hours: Hours) -> int:
    promised = int(seconds(lead.answer_by)) if lead.answer_by else _unpromised(lead.stored_at, hours)
    # The practice hears of what was kept back when it is rescued, and not before.
    return max(promised, _unpromised(lead.rescued_at, hours)) if lead.rescued_at else promised


def _unpromised(start: str, hours: Hours) -> int:
    return (
        hours.days_after(seconds(start), _UNPROMISED_DAYS) or int(seconds(start)) + _UNPROMISED_DAYS * SECONDS_PER_DAY
    )


def _reminder(lead: Lead, hours: Hours) -> int | None:
    """When the next reminder of the deadline is due: in open time, or at the end where no other comes."""
    if (at := deadline(lead, hours)) is None:
        return None
    done = rung(lead, at)
    if done >= len(hours.remind_after):
        return lead.expires_at
    # Where the practice is closed for long, as if it were open: nobody is forgotten for that.
    due = hours.after(at, hours.remind_after[done]) if hours.remind_after[done] else hours.next_open(at)
    due = at + hours.remind_after[done] if due is None else due
    return max(due, _after_the_last(lead, at, hours)) if lead.reminder_for == at else due


def _after_the_last(lead: Lead, deadline: int, hours: Hours) -> int:
    """Until when a reminder waits for the one before, or its own next attempt: after an outage they come one by one."""
    done, waits = rung(lead, deadline), lead.reminder_next_at or 0
    if not done or not lead.reminder_at:
        return waits
    pause = hours.remind_after[done] - hours.remind_after[done - 1]
    return max(waits, hours.after(seconds(lead.reminder_at), pause) or 0)
