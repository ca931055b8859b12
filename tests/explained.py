"""What an enquiry's facts must be by its ledger, and what must be due while it is open."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.duties import Duty
from shared.lead import HONEYPOT, reference_of
from shared.ledger import What
from shared.outcomes import Outcome

type Row = Mapping[str, Any]


def check_facts(lead: Row) -> None:
    """An enquiry's ledger explains its facts, and while it is open, something is due."""
    ledger = lead.get("ledger", ())
    versions = [int(line["version"]) for line in ledger]
    assert versions == sorted(versions), "the ledger is out of order"
    assert not versions or versions[-1] <= lead["version"], "the ledger is ahead"
    for name, value in explained(ledger).items():
        assert said(lead, name) == value, f"{name}: {said(lead, name)} is stored, and the ledger says {value}"
    standing = [each for each in lead.get("outcomes", ()) if "undone_at" not in each]
    is_over = bool(standing) and "again_at" not in standing[-1]
    if HONEYPOT in lead.get("spam_reasons", ()) and "rescued_at" not in lead:
        assert standing or Duty.REVIEW in lead["duties"], "what was kept back is looked at by nobody"
    else:
        assert is_over or lead.get("queue") == "LEAD", "an open enquiry is in no list"
        assert is_over or lead["next_at"] == min(lead["duties"].values()), "an open enquiry is in the wrong place"


_FACTS: Final[Mapping[str, str]] = {
    What.ALERT_ASKED: "alert_asked_at",
    What.ALERT_SENT: "alert_sent_at",
    What.ALERT_UNPROVEN: "alert_unproven_at",
    What.DELIVERED: "delivered_at",
    What.DELAYED: "delayed_at",
    What.BOUNCED: "bounced_at",
    What.REJECTED: "rejected_at",
    What.COMPLAINED: "complained_at",
    What.BACKUP_USED: "backup_at",
    What.REMINDED: "reminder_at",
    What.OPS_TOLD: "reminder_at",
    What.RESCUED: "rescued_at",
}
# What an alert that somebody asks for begins anew.
_ANEW: Final = ("alert_sent_at", "delivered_at", "delayed_at", "bounced_at", "rejected_at", "backup_at")


def explained(ledger: Sequence[Row]) -> dict[str, Any]:
    """The facts that follow from a ledger."""
    facts: dict[str, Any] = dict.fromkeys(_FACTS.values())
    outcomes: list[dict[str, str | None]] = []
    notes, apart = 0, set[str]()
    for line in ledger:
        what, at = line["what"], line["at"]
        facts |= dict.fromkeys(_ANEW) if what == What.ALERT_ASKED else {}
        facts |= {_FACTS[what]: at} if what in _FACTS else {}
        if what == What.DELIVERED:
            facts["alert_sent_at"] = facts["alert_sent_at"] or at
        if what == What.RETURNED:
            facts["alert_sent_at"] = None
        if what in list(Outcome):
            again = line.get("about")
            outcomes.append({"outcome": what, "at": at, "by": line["by"], "again_at": again, "undone_at": None})
        standing = next((each for each in reversed(outcomes) if not each["undone_at"]), {})
        if what.startswith("undone_"):
            standing["undone_at"] = at
        if what in (What.AGAIN, What.NOT_AGAIN):
            standing["again_at"] = line.get("about")
        notes += (what == What.NOTED) - (what == What.NOTE_REMOVED)
        apart ^= {line["about"]} if what in (What.APART, What.TOGETHER) else set()
    return {**facts, "outcomes": outcomes, "notes": notes, "apart": apart}


def said(lead: Row, name: str) -> Any:
    """A fact of a lead, as `explained` has it."""
    match name:
        case "outcomes":
            names = ("outcome", "at", "by", "again_at", "undone_at")
            return [{each: outcome.get(each) for each in names} for outcome in lead.get(name, ())]
        case "notes":
            return len(lead.get(name, ()))
        case "apart":
            return {reference_of(each) for each in lead.get(name, ())}
    return lead.get(name)
