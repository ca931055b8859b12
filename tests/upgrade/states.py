"""What a release can have done with an enquiry, and how many alerts are still to be sent for it.

Each enquiry has the key of its state's name, and with it an id.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from shared.acts import alert_asked, noted
from shared.facts import alert_bundled, bounced, delivered, rescued, returned, with_outcome
from shared.lead import Lead, identity_of_key, timestamp
from shared.opening_hours import OpeningHours
from shared.store import LeadStore, key
from tests import last_release
from tests.clock import Clock
from tests.integration.test_leads import ENQUIRY, send
from tests.practice import PRACTICE
from tests.upgrade.conftest import Release

NOW: Final = Clock().now
_AT: Final = timestamp(NOW)
# What was entered, beside what all have.
_ENTERED: Final = {"kept back": {"aside": "x"}, "rescued": {"aside": "x"}, "about something": {"topic": "price"}}

type Fill = Callable[[Release, str], object]


def id_of(state: str) -> str:
    """The id of the enquiry in a state."""
    return identity_of_key(state).id


def enter(release: Release, state: str, **fields: Any) -> dict[str, Any]:
    """Send the enquiry of a state; once more, if it is there. What the release answers."""
    return send(release, {**ENQUIRY, **_ENTERED.get(state, {}), **fields}, idempotency_key=f'"{state}"')


def met(what: str) -> Fill:
    """Stored and handed to SES, and what became of that."""

    def fill(release: Release, state: str) -> None:
        enter(release, state)
        release.mail_meets = what
        release.bring(id_of(state))
        release.mail_meets = "yes"

    return fill


_sent = met("yes")


def told(**said: str) -> Fill:
    """Sent, and the release's own function wrote down what SES said of it."""

    def fill(release: Release, state: str) -> None:
        _sent(release, state)
        assert release.hear(id_of(state), time=_AT, **said) == {"batchItemFailures": []}

    return fill


def with_fact(first: Fill, step: Callable[[Lead], Lead | None]) -> Fill:
    """A state, and a fact of this release's beyond it."""

    def fill(release: Release, state: str) -> None:
        first(release, state)
        assert store(release).change(id_of(state), step)

    return fill


def deleted(release: Release, state: str) -> None:
    """Erased as docs/operations.md of release 0.2.0 has it."""
    enter(release, state)
    keys: Any = key(id_of(state))
    release.dynamodb.delete_item(TableName=release.table, Key=keys)


def erased(release: Release, state: str) -> None:
    """Erased with a tombstone."""
    enter(release, state)
    assert release.erasure(now=NOW).erase(id_of(state))


def store(release: Release) -> LeadStore:
    """This release's store."""
    return LeadStore(release.table, release.dynamodb, OpeningHours.of(PRACTICE))


# What waits for its time, by what its mail met.
WAITING: Final = {"refused": "no", "unproven": "silence", "killed while sending": "a killed sender"}
_ANY: Final[Mapping[str, tuple[Fill, int]]] = {
    "stored": (enter, 1),
    **{state: (met(what), 1) for state, what in WAITING.items()},
    "sent": (_sent, 0),
    "kept back": (enter, 0),
}


@cache
def before() -> Mapping[str, tuple[Fill, int]]:
    """What the last release can have left, as far as its functions for enquiries, alerts and SES's events go."""
    if not last_release.has_duties():
        return {**_ANY, "erased": (deleted, 0)}
    return {
        **_ANY,
        "about something": (enter, 1),
        "delivered": (told(type="Delivery", delivered_at=_AT), 0),
        "returned": (told(type="Bounce", bounce_type="Transient", bounce_subtype="General", bounced_at=_AT), 1),
        "bounced": (told(type="Bounce", bounce_type="Permanent", bounce_subtype="General", bounced_at=_AT), 0),
        # A tombstone is the same whoever puts it there.
        "erased": (erased, 0),
    }


def _ask(lead: Lead) -> Lead | None:
    return alert_asked(lead, NOW + 1, "ana@practice.example")


AFTER: Final[Mapping[str, tuple[Fill, int]]] = {
    **_ANY,
    "about something": (enter, 1),
    "left to a bundle": (with_fact(enter, lambda lead: alert_bundled(lead, int(NOW), int(NOW) + 600)), 1),
    "delivered": (with_fact(_sent, lambda lead: delivered(lead, _AT)), 0),
    "returned": (
        with_fact(_sent, lambda lead: returned(lead, lead.alert_mail_id or "", _AT, "Transient General", int(NOW))),
        1,
    ),
    "bounced": (with_fact(_sent, lambda lead: bounced(lead, _AT, "Permanent General")), 0),
    "dealt with": (with_fact(enter, lambda lead: with_outcome(lead, "called", NOW, "link")), 0),
    "rescued": (with_fact(enter, lambda lead: rescued(lead, NOW, "link")), 1),
    "asked for again": (with_fact(with_fact(_sent, lambda lead: delivered(lead, _AT)), _ask), 1),
    "noted": (with_fact(_sent, lambda lead: noted(lead, "A note", NOW, "ana@practice.example")), 0),
    "erased": (erased, 0),
}
