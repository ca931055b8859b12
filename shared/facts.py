"""Writing facts: each function takes a lead and gives the lead with one fact more, and its line in the ledger.

None means that the lead says so already, and nothing is to be written. They are pure; `LeadStore.change` writes what
they give. The same fact may come twice and in any order: SES's events do.
"""

from dataclasses import replace
from typing import Any, Final

from shared.lead import Lead, seconds, timestamp
from shared.ledger import SES, SYSTEM, What, appended, with_entry

# A mail is kept for ninety days, and from the second day on nothing is tried more often than every six hours.
_MAILS: Final = 400


def with_mail(lead: Lead, mail_id: str) -> Lead:
    """The lead with the id of a mail that will be about it."""
    return lead if mail_id in lead.mails else replace(lead, mails=(*lead.mails, mail_id)[-_MAILS:])


# ---- filing


def filed(lead: Lead, now: float, **found: Any) -> Lead:
    """The pointers are written. `found` are `person`, `earlier` and `waits_since`."""
    return replace(lead, filed_at=timestamp(now), file_next_at=None, **found)


def filed_later(lead: Lead, next_at: int) -> Lead:
    """It is filed but for the person, whose digest cannot be made now; when to try again (seconds since the epoch)."""
    return replace(lead, file_next_at=next_at)


# ---- the alert


def alert_claimed(lead: Lead, now: float, lease: int, mail_id: str) -> Lead:
    """Somebody sends the alert now, and nobody else until the lease (seconds) is over."""
    return replace(
        with_mail(lead, mail_id),
        alert_attempts=lead.alert_attempts + 1,
        alert_next_at=int(now) + lease,
        alert_mail_id=mail_id,
        alert_returned_at=None,
    )


def alert_bundled(lead: Lead, window: int, until: int) -> Lead:
    """There were too many alerts: this one waits (seconds since the epoch) and goes out with others."""
    return replace(lead, alert_bundle=window, alert_next_at=until)


def alert_sent(lead: Lead, mail_id: str, at: str, by: str = SYSTEM, message_id: str | None = None) -> Lead | None:
    """SES took a mail of the alert, which has not come back; it said so itself, or published it later."""
    if (lead.alert_returned_at and mail_id == lead.alert_mail_id) or _is_of_before(lead, at):
        return None
    if lead.alert_sent_at:
        is_news = mail_id == lead.alert_mail_id and message_id and message_id != lead.alert_message_id
        return replace(lead, alert_message_id=message_id) if is_news else None
    return with_entry(
        lead,
        at,
        What.ALERT_SENT,
        by,
        alert_sent_at=at,
        alert_mail_id=mail_id,  # an earlier attempt's, perhaps: it is this one that may come back now
        alert_message_id=message_id,
        alert_next_at=None,
        alert_returned_at=None,
        alert_error=None,
    )


def alert_refused(lead: Lead, reason: str, now: float, next_at: int) -> Lead | None:
    """SES did not take it; why, and when to try again (seconds since the epoch). None where it has an earlier one."""
    if lead.alert_sent_at:
        return None
    if lead.alert_error == reason:
        return replace(lead, alert_next_at=next_at)  # an outage of a day is one line
    return with_entry(lead, timestamp(now), What.ALERT_REFUSED, alert_error=reason, alert_next_at=next_at)


def alert_unproven(lead: Lead, reason: str, now: float, next_at: int) -> Lead | None:
    """SES was handed it, and its answer was lost; unless its event was faster."""
    if lead.alert_sent_at:
        return None
    at = timestamp(now)
    return with_entry(lead, at, What.ALERT_UNPROVEN, alert_error=reason, alert_unproven_at=at, alert_next_at=next_at)


# ---- what SES said later


def delivered(lead: Lead, at: str) -> Lead | None:
    """The practice's mail server accepted a mail of the alert."""
    if lead.delivered_at or _is_of_before(lead, at):
        return None
    sent_at = lead.alert_sent_at or at
    return with_entry(lead, at, What.DELIVERED, SES, delivered_at=at, alert_sent_at=sent_at, alert_next_at=None)


def delayed(lead: Lead, at: str) -> Lead | None:
    """The practice's mail server cannot be reached at the moment; SES goes on trying."""
    if lead.delayed_at or _is_of_before(lead, at):
        return None
    return with_entry(lead, at, What.DELAYED, SES, delayed_at=at)


def bounced(lead: Lead, at: str, bounce: str) -> Lead | None:
    """The mailbox cannot be reached, and waiting does not change that."""
    if lead.bounced_at or _is_of_before(lead, at):
        return None
    return with_entry(lead, at, What.BOUNCED, SES, bounced_at=at, bounce=bounce, alert_next_at=None)


def returned(lead: Lead, mail_id: str, at: str, bounce: str, next_at: int) -> Lead | None:
    """A mail came back for the time being, or an automatic answer to it did: if nothing proves it, it failed.

    Args:
        lead: The lead.
        mail_id: Which mail; one of an earlier attempt says nothing about the last.
        at: When.
        bounce: In SES's words.
        next_at: When to try again, in seconds since the epoch.
    """
    if lead.delivered_at or lead.alert_returned_at or mail_id != lead.alert_mail_id:
        return None
    return with_entry(
        lead, at, What.RETURNED, SES, alert_returned_at=at, alert_sent_at=None, bounce=bounce, alert_next_at=next_at
    )


def rejected(lead: Lead, at: str) -> Lead | None:
    """SES had taken the mail, held it for a virus, and sent it to nobody."""
    if lead.rejected_at or _is_of_before(lead, at):
        return None
    return with_entry(lead, at, What.REJECTED, SES, rejected_at=at, alert_next_at=None)


def complained(lead: Lead, at: str) -> Lead | None:
    """Somebody at the practice marked it as junk."""
    return None if lead.complained_at else with_entry(lead, at, What.COMPLAINED, SES, complained_at=at)


def _is_of_before(lead: Lead, at: str) -> bool:
    """Whether something became of a mail before a person asked for another: it proves nothing of that."""
    return bool(lead.alert_asked_at) and seconds(at) < seconds(lead.alert_asked_at or at)


# ---- the second channel


def backup_claimed(lead: Lead, now: float, lease: int) -> Lead:
    """Somebody uses the second channel now, and nobody else until the lease (seconds) is over."""
    return replace(lead, backup_attempts=lead.backup_attempts + 1, backup_next_at=int(now) + lease)


def backup_used(lead: Lead, now: float, way: str, lost_at: str | None) -> Lead:
    """The second channel took it.

    Args:
        lead: The lead.
        now: The time in seconds since the epoch.
        way: Which one took it, such as `apprise`, `mail` or `ops`.
        lost_at: When SES had said that no mail reaches the practice, as far as was known when it was told: events come
            late, and a reason that nobody was told is told.
    """
    at = timestamp(now)
    return with_entry(
        lead,
        at,
        What.BACKUP_USED,
        way,
        backup_at=at,
        backup_lost_at=lost_at,
        backup_attempts=0,
        backup_next_at=None,
        backup_error=None,
    )


def backup_failed(lead: Lead, reason: str, now: float, next_at: int) -> Lead:
    """It did not; why, and when to try again (seconds since the epoch)."""
    if lead.backup_error == reason:
        return replace(lead, backup_next_at=next_at)
    return with_entry(lead, timestamp(now), What.BACKUP_FAILED, backup_error=reason, backup_next_at=next_at)


# ---- reminders


def reminder_claimed(lead: Lead, deadline: int, now: float, lease: int, mail_id: str) -> Lead:
    """Somebody sends the next reminder of this deadline now, and nobody else until the lease (seconds) is over."""
    is_same = lead.reminder_for == deadline
    return replace(
        with_mail(lead, mail_id),
        reminder_for=deadline,
        reminder_rung=lead.reminder_rung if is_same else 0,
        reminder_attempts=lead.reminder_attempts + 1 if is_same else 1,
        reminder_next_at=int(now) + lease,
        reminder_mail_id=mail_id,
    )


def reminded(lead: Lead, mail_id: str, at: str, what: What = What.REMINDED, by: str = SYSTEM) -> Lead | None:
    """The reminder of this mail went out: the next one is the next rung's."""
    if lead.reminder_mail_id != mail_id:
        return None
    return with_entry(
        lead,
        at,
        what,
        by,
        reminder_rung=lead.reminder_rung + 1,
        reminder_at=at,
        reminder_attempts=0,
        reminder_next_at=None,
        reminder_mail_id=None,
    )


def reminder_failed(lead: Lead, mail_id: str, next_at: int) -> Lead | None:
    """It did not go out, or nobody knows; when to try again (seconds since the epoch)."""
    return replace(lead, reminder_next_at=next_at) if lead.reminder_mail_id == mail_id else None


# ---- people


def with_outcome(lead: Lead, outcome: str, now: float, by: str, again_at: int | None = None) -> Lead | None:
    """A person says what became of the enquiry; None if that is what stands already.

    Args:
        lead: The lead.
        outcome: One of `shared.outcomes`.
        now: The time in seconds since the epoch.
        by: Who: a member's address, or `link` for the link in a mail.
        again_at: When to try again, in seconds since the epoch.
    """
    if lead.outcome and lead.outcome["outcome"] == outcome and again_at is None:
        return None
    at = timestamp(now)
    again = None if again_at is None else timestamp(again_at)
    done = {"outcome": outcome, "at": at, "by": by} | ({"again_at": again} if again else {})
    return with_entry(lead, at, outcome, by, about=again, outcomes=appended(lead.outcomes, done))


def without_outcome(lead: Lead, now: float, by: str) -> Lead | None:
    """The last outcome that stands was a mistake. It stays written down, and what it ended is open again."""
    if (last := lead.outcome) is None:
        return None
    undone = {**last, "undone_at": timestamp(now), "undone_by": by}
    outcomes = tuple(undone if each is last else each for each in lead.outcomes)
    return with_entry(lead, timestamp(now), f"undone_{last['outcome']}", by, outcomes=outcomes)


def rescued(lead: Lead, now: float, by: str) -> Lead | None:
    """What was kept back is none to keep back: it alerts, once."""
    if not lead.is_kept_back:
        return None
    return with_entry(lead, timestamp(now), What.RESCUED, by, rescued_at=timestamp(now))


def answered_at(lead: Lead, answers: frozenset[str]) -> str | None:
    """When the person was first answered: the earliest outcome that stands and is one of `answers`."""
    times = [each["at"] for each in lead.outcomes if "undone_at" not in each and each["outcome"] in answers]
    return min(times, key=seconds, default=None)
