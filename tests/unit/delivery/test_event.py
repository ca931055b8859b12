"""What the delivery function makes of an event, and what it refuses to read."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from functions.delivery.event import MailEvent

AT = "2026-11-23T15:30:03.118Z"
SENT = {"type": "Send", "time": "2026-11-23T15:30:04Z", "mail": "alert-1", "message_id": "0100-1", "sent_at": AT}
BOUNCE = SENT | {"type": "Bounce", "bounced_at": AT, "bounce_type": "Transient"}


def read(**changes: Any) -> MailEvent:
    return MailEvent.model_validate_json(json.dumps(changes))


def test_what_an_event_lacks_may_be_empty_or_missing() -> None:
    empty = dict.fromkeys(("delivered_at", "bounced_at", "bounce_type", "bounce_status"), "")

    assert read(**SENT) == read(**SENT, **empty)


def test_times_are_told_in_utc_whatever_zone_they_came_in() -> None:
    assert read(**SENT | {"sent_at": "2026-11-23T08:30:03.118-07:00"}).at == AT


@pytest.mark.parametrize(
    ("kind", "permanent"), [("Permanent", True), ("Transient", False), ("Undetermined", False), ("OfALaterYear", False)]
)
def test_only_a_permanent_bounce_means_that_nobody_can_be_reached(kind: str, permanent: bool) -> None:
    assert read(**BOUNCE | {"bounce_type": kind}).is_permanent is permanent


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Open"},
        {"type": "Delivery"},
        {"type": "Bounce", "bounced_at": AT},
        {"type": "Bounce", "bounce_type": "Permanent"},
        {"mail": ""},
        {"mail": "alert 1"},
        {"mail": "a" * 257},
        {"message_id": ""},
        {"sent_at": "yesterday"},
        {"sent_at": "2026-11-23T15:30:03"},
        {"bounce_subtype": "ana@example.com"},
        {"time": None},
    ],
    ids=str,
)
def test_what_is_no_event_is_refused_without_being_quoted(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        read(**SENT | changes)

    assert "ana@" not in str(refusal.value)
