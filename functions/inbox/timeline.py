"""What happened to an enquiry, in words: a sentence for each code of its ledger."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from shared.lead import Lead
from shared.ledger import What
from shared.messages import mark as _
from shared.outcomes import OUTCOMES, Outcome

_STORED: Final = "stored"
SENTENCES: Final[Mapping[str, str]] = {
    _STORED: _("The enquiry was stored"),
    What.ALERT_SENT: _("The alert was sent"),
    What.ALERT_REFUSED: _("The alert could not be sent, and is tried again"),
    What.ALERT_UNPROVEN: _("The alert was handed over, and nobody knows whether it was sent"),
    What.DELIVERED: _("Your mail server accepted the alert"),
    What.DELAYED: _("Your mail server could not be reached, and is tried again"),
    What.BOUNCED: _("Your mail server turned the alert away for good"),
    What.RETURNED: _("The alert came back, and is sent again"),
    What.REJECTED: _("The mail service took the alert for unsafe, and sent it to nobody"),
    What.COMPLAINED: _("Somebody marked a mail about it as junk"),
    What.BACKUP_USED: _("You were told by another way, because nothing proved the alert"),
    What.BACKUP_FAILED: _("You could not be told by another way, and it is tried again"),
    What.REMINDED: _("You were reminded"),
    What.OPS_TOLD: _("Whoever runs the website was told that nobody has answered"),
    What.RESCUED: _("Taken for a real enquiry"),
    What.ALERT_ASKED: _("Asked for the alert once more"),
    What.AGAIN: _("To be called again"),
    What.NOT_AGAIN: _("Not to be called again"),
    What.NOTED: _("Wrote a note"),
    What.NOTE_REMOVED: _("Deleted a note"),
    What.APART: _("Not the same person as in another enquiry"),
    What.TOGETHER: _("The same person as in another enquiry after all"),
    **{outcome.value: meaning.label for outcome, meaning in OUTCOMES.items()},
}
UNDONE: Final = "undone_"
# The lines that are read with what they are about: a time, or another enquiry. With other outcomes it comes by itself.
_TIMES: Final = frozenset({What.AGAIN, Outcome.NOT_REACHED})
_REFERENCES: Final = frozenset({What.APART, What.TOGETHER})


class Line(NamedTuple):
    """A line of the timeline.

    Attributes:
        at: When, in ISO 8601.
        what: What happened: a code, which has a sentence unless later code has written it.
        is_undone: Whether it says that this was undone.
        member: The address of whoever did it; None where nobody of the practice did, or nobody knows who.
        is_by_link: Whether somebody did it by the link of a mail.
        time: What it is about, if that is a time, in ISO 8601.
        reference: What it is about, if that is another enquiry.
    """

    at: str
    what: str
    is_undone: bool = False
    member: str | None = None
    is_by_link: bool = False
    time: str | None = None
    reference: str | None = None


def timeline(lead: Lead) -> list[Line]:
    """All that is known to have happened, as it was written down."""
    return [Line(lead.stored_at, _STORED), *lines(lead.ledger)]


def lines(ledger: tuple[Mapping[str, str], ...]) -> Iterator[Line]:
    """The lines of a ledger, or of a part of it."""
    for each in ledger:
        by, about = each["by"], each.get("about")
        what = each["what"].removeprefix(UNDONE)
        yield Line(
            at=each["at"],
            what=what,
            is_undone=what != each["what"],
            member=by if "@" in by else None,
            # Mails have ids with a kind and a number; what the service does by itself is signed with a word.
            is_by_link="-" in by and "@" not in by,
            time=about if what in _TIMES else None,
            reference=about if what in _REFERENCES else None,
        )
