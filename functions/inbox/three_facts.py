"""The three facts of an enquiry in plain words: it was stored, the practice was alerted, the person was answered."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from shared.duties import is_seen, lost_at
from shared.facts import answered_at
from shared.lead import Lead
from shared.messages import mark as _
from shared.outcomes import ANSWERS, OUTCOMES, Outcome

STORED: Final = _("Stored")
ALERTED: Final = _("Alerted")
ANSWERED: Final = _("Answered")


class State(StrEnum):
    """How it stands with a fact."""

    YES = "yes"
    OPEN = "open"
    NO = "no"


class Words(NamedTuple):
    """A sentence (a message), the time that it is about (ISO 8601), and what the mail service said."""

    sentence: str
    at: str | None = None
    quote: str | None = None


class Fact(NamedTuple):
    """One of the three: its name (a message), how it stands with it, and why."""

    name: str
    state: State
    words: tuple[Words, ...]


def three_facts(lead: Lead) -> tuple[Fact, Fact, Fact]:
    """What is known. None of them is ever taken from another."""
    return (
        Fact(STORED, State.YES, (Words(_("Stored"), lead.stored_at),)),
        Fact(ALERTED, _alert_state(lead), (*_alert(lead), *_beside(lead))),
        _answer(lead),
    )


def _alert_state(lead: Lead) -> State:
    if lost_at(lead):
        return State.NO
    return State.YES if lead.delivered_at else State.OPEN


def _alert(lead: Lead) -> Iterator[Words]:
    """What became of the alert's mails."""
    if lead.delivered_at:
        yield Words(_("Accepted by your mail server"), lead.delivered_at)
    if lead.bounced_at:
        yield Words(_("Turned away by your mail server for good"), lead.bounced_at, lead.bounce)
    if lead.rejected_at:
        yield Words(_("Taken for unsafe by the mail service, and sent to nobody"), lead.rejected_at)
    if lead.delivered_at or lost_at(lead):
        return
    if lead.is_kept_back:
        yield Words(_("You were not alerted, because it was taken for advertising."))
    elif lead.alert_sent_at:
        yield Words(_("Sent"), lead.alert_sent_at)
        if lead.delayed_at:
            yield Words(_("Your mail server could not be reached, and is tried again"), lead.delayed_at)
        yield Words(_("Nothing proves yet that it has reached you."))
    else:
        yield from _not_sent(lead)


def _not_sent(lead: Lead) -> Iterator[Words]:
    if lead.alert_returned_at:
        yield Words(_("Came back for the time being, and is sent again"), lead.alert_returned_at, lead.bounce)
    elif is_seen(lead):
        yield Words(_("No alert was sent, because somebody had seen the enquiry before."))
    elif lead.alert_error:
        yield Words(_("Could not be sent yet, and is tried again."))
    else:
        yield Words(_("The alert is on its way."))


def _beside(lead: Lead) -> Iterator[Words]:
    if lead.complained_at:
        yield Words(_("Somebody marked a mail about it as junk"), lead.complained_at)
    if lead.backup_at:
        yield Words(_("You were told by another way, because nothing proved the alert"), lead.backup_at)
    if lead.alert_asked_at:
        yield Words(_("Asked for once more"), lead.alert_asked_at)


def _answer(lead: Lead) -> Fact:
    if at := answered_at(lead, ANSWERS):
        first = next(each for each in lead.outcomes if each["at"] == at and each["outcome"] in ANSWERS)
        return Fact(ANSWERED, State.YES, (Words(OUTCOMES[Outcome(first["outcome"])].label, at),))
    return Fact(ANSWERED, State.OPEN, (Words(_("No answer is on record yet.")),))
