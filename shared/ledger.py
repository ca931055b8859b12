"""The ledger: what happened to an enquiry, in order, a line for each fact that people want to read about.

A line has `at` (ISO 8601 in UTC), `what` (a code), `by` (who or what did it), perhaps `about` (what the fact says), and
`version`: the lead's that it came with, by which a page knows what has changed since it was shown.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from shared.lead import Lead

# DynamoDB's items end at 400 kB, and a person reads the lists: the first lines stay, and the last.
_HEAD: Final = 20
_TAIL: Final = 60
SYSTEM: Final = "needlepoint"
SES: Final = "ses"


class What(StrEnum):
    """What a line is about. Beside these, each outcome is one, and `undone_` and its name where it was undone."""

    ALERT_SENT = "alert_sent"
    ALERT_REFUSED = "alert_refused"
    ALERT_UNPROVEN = "alert_unproven"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    BOUNCED = "bounced"
    RETURNED = "returned"
    REJECTED = "rejected"
    COMPLAINED = "complained"
    BACKUP_USED = "backup_used"
    BACKUP_FAILED = "backup_failed"
    REMINDED = "reminded"
    OPS_TOLD = "ops_told"
    RESCUED = "rescued"
    ALERT_ASKED = "alert_asked"
    AGAIN = "again"
    NOT_AGAIN = "not_again"
    NOTED = "noted"
    NOTE_REMOVED = "note_removed"
    APART = "apart"
    TOGETHER = "together"


# What the service writes by itself: no reason to ask a person whether they still mean what they pressed.
_BY_ITSELF: Final = frozenset(
    {
        What.ALERT_SENT,
        What.ALERT_REFUSED,
        What.ALERT_UNPROVEN,
        What.DELIVERED,
        What.DELAYED,
        What.BOUNCED,
        What.RETURNED,
        What.REJECTED,
        What.COMPLAINED,
        What.BACKUP_USED,
        What.BACKUP_FAILED,
        What.REMINDED,
        What.OPS_TOLD,
    }
)


def is_by_people(what: str) -> bool:
    """Whether a line about this says what a person did."""
    return what not in _BY_ITSELF


def with_entry(lead: Lead, at: str, what: str, by: str = SYSTEM, about: str | None = None, **more: Any) -> Lead:
    """The lead with one line more in its ledger, and other values changed with it.

    Args:
        lead: The lead.
        at: When, as ISO 8601 in UTC.
        what: A code: one of `What`, or an outcome's.
        by: Who or what did it.
        about: What the fact says, such as a time.
        **more: Other fields of the lead.
    """
    line = {"at": at, "what": what, "by": by, "version": str(lead.version + 1)}
    return replace(lead, ledger=appended(lead.ledger, line | ({"about": about} if about else {})), **more)


def appended[Entry](entries: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    """The list with one more at its end, and without some in the middle where it is too long."""
    longer = (*entries, entry)
    return longer if len(longer) <= _HEAD + _TAIL else longer[:_HEAD] + longer[-_TAIL:]


def changes_since(lead: Lead, version: int) -> tuple[Mapping[str, str], ...]:
    """What people did since a version of the lead was shown."""
    # A line from before lines had a version is older than any page.
    return tuple(each for each in lead.ledger if int(each.get("version", 0)) > version and is_by_people(each["what"]))
