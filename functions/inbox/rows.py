"""An enquiry as one row of a list: who wrote, by when they are to hear, and what is known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from functions.inbox.pages import Pages
from functions.inbox.replies import ways
from shared.acts import told_by
from shared.duties import Hours, call_again_at, deadline, lost_at
from shared.enquiry_words import further, wishes
from shared.facts import answered_at
from shared.first_name import first_name
from shared.lead import Lead, seconds, timestamp
from shared.outcomes import ANSWERS

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
# From here on hours say less than days.
_DAYS_FROM: Final = 48 * _HOUR


class Proof(StrEnum):
    """What is known of the alert."""

    DELIVERED = "delivered"
    LOST = "lost"
    SECOND_CHANNEL = "second_channel"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """One enquiry.

    Attributes:
        lead: The lead.
        name: The first name; the whole name where it is asked for, or cannot be told from the rest.
        way: How they are reached best, `phone` or `email`, and what opens it.
        due: By when somebody at the practice is to act, in ISO 8601; None where nobody has to any more.
        told_by: By when the person was told to hear instead, in ISO 8601; None where they were not.
        is_late: Whether the time in `due` is over.
        waits: How long the person has waited so far: a number and its unit (`min`, `h`, `d`); None where they heard
            from the practice, or nobody has to tell them anything.
        proof: What is known of the alert; None where none is to be sent.
        wishes: In which way and at which time of the day the person wants to be reached.
        chosen: What was chosen in further fields of the form, such as what it is about; not that it is something else.
        outcome: What became of it, where somebody has said that.
        article: What they had read; None where there is one article alone.
    """

    lead: Lead
    name: str
    way: tuple[str, str] | None
    due: str | None
    told_by: str | None
    is_late: bool
    waits: tuple[int, str] | None
    proof: Proof | None
    wishes: tuple[str, str]
    chosen: tuple[str, ...]
    outcome: str | None
    article: str | None


def row(lead: Lead, hours: Hours, pages: Pages, now: float, *, is_whole_name: bool = False) -> Row:
    """A lead as a row, as things are now (seconds since the epoch), with the whole name if that is asked for."""
    articles, article = pages.articles, lead.enquiry.article
    due = None if lead.is_kept_back else call_again_at(lead, hours) or deadline(lead, hours)
    return Row(
        lead=lead,
        name=(None if is_whole_name else first_name(lead.enquiry.name)) or lead.enquiry.name,
        way=next(iter(ways(lead, pages.speech(lead.enquiry.locale)).items()), None),
        due=None if due is None else timestamp(due),
        told_by=told_by(lead),
        is_late=due is not None and due < now,
        waits=None if due is None or answered_at(lead, ANSWERS) else _span(now - seconds(lead.stored_at)),
        proof=None if lead.is_kept_back or lead.outcome else _proof(lead),
        wishes=wishes(lead.enquiry, pages.say),
        chosen=tuple(each.value for each in further(lead.enquiry, pages.say) if each.is_chosen and not each.is_other),
        outcome=pages.outcome_label(lead.outcome["outcome"]) if lead.outcome else None,
        article=articles.get(article, article) if len(articles) > 1 else None,
    )


def by_urgency(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order in which they are due; those that are late come first by that alone."""
    return sorted(rows, key=lambda each: (each.due or "", each.lead.stored_at, each.lead.id))


def _span(waited: float) -> tuple[int, str]:
    if waited < _HOUR:
        return max(0, int(waited // _MINUTE)), "min"
    if waited < _DAYS_FROM:
        return int(waited // _HOUR), "h"
    return int(waited // (24 * _HOUR)), "d"


def _proof(lead: Lead) -> Proof:
    # What reached the practice another way is known there, whatever became of the mail.
    if lead.backup_at:
        return Proof.SECOND_CHANNEL
    if lost_at(lead):
        return Proof.LOST
    return Proof.DELIVERED if lead.delivered_at else Proof.NONE
