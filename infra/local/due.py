"""Making due now what an enquiry waits for: all that happened to it is moved back, as if it were that much older."""

import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from shared.duties import Duty, Hours, duties
from shared.lead import Lead, seconds, timestamp
from shared.opening_hours import OpeningHours
from shared.practice import from_document
from shared.store import LeadStore

_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
# What was entered stays as it is, and the lead lives as long as before.
_UNMOVED = ("id", "enquiry", "expires_at")


def opening_hours(compiled: Path) -> OpeningHours:
    """The opening hours in a function's compiled files."""
    return OpeningHours.of(from_document(json.loads((compiled / "practice.json").read_bytes())))


def make_due(store: LeadStore, hours: Hours, lead_id: str, now: float) -> str | None:
    """Makes due what a lead waits for next; which duty that is, or None where nothing lies ahead."""
    lead = store.read(lead_id)
    waiting = {at: duty for duty, at in duties(lead, hours).items() if now < at < lead.expires_at} if lead else {}
    if not waiting:
        return None
    duty = waiting[min(waiting)]
    store.change(lead_id, lambda lead: _with_due(lead, duty, hours, int(now)))
    return duty


def _with_due(lead: Lead, duty: Duty, hours: Hours, now: int) -> Lead | None:
    """The lead moved back no further than the duty asks: at night that may be hours, and what is next were due, too."""

    def overdue(earlier: int) -> int:
        return now - duties(moved_back(lead, earlier), hours).get(duty, now)

    earlier = bisect_left(range(lead.expires_at - now), 0, key=overdue)
    return moved_back(lead, earlier) if earlier else None


def moved_back(lead: Lead, earlier: int) -> Lead:
    """The lead as if everything had happened so many seconds earlier."""
    names = [field.name for field in fields(Lead) if field.name not in _UNMOVED]
    return replace(lead, **{name: _moved(name, getattr(lead, name), earlier) for name in names})


def _moved(name: str, value: Any, earlier: int) -> Any:
    match value:
        case str() if _TIME.fullmatch(value):
            return timestamp(seconds(value) - earlier)
        case tuple():
            return tuple(_moved(name, each, earlier) for each in value)
        case Mapping():
            return {key: _moved(key, each, earlier) for key, each in value.items()}
        case int() if name.endswith("_next_at") or name == "reminder_for":
            return value - earlier
    return value
