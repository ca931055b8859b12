"""What becomes of an enquiry, whatever becomes of its alert: the facts, the ledger and the mails that follow.

Each on the template's own table, once in quiet, and once with an index that is late and others who write in between.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.lead import seconds
from tests.courses import GOOD, Course
from tests.integration.conftest import Stack
from tests.world import MORNING, World

LATE = 90.0
SENT = (1.0, "send")
NO_EVENTS = Course(events=())
LATE_SEND = Course(events=(SENT, (6000, "expired")), late=610, is_silent=True)
PERMANENT = Course(events=(SENT, (5, "permanent")))
UNTIL_TEN = MORNING + 3600


def refused_until_ten(_attempt: int, now: float) -> Course:
    return Course(refusal="ServiceUnavailable") if now < UNTIL_TEN else GOOD


@dataclass(frozen=True)
class Scenario:
    """What happens, and what is to be known and done then.

    Attributes:
        courses: What becomes of each attempt's mail, the last goes on; or that by attempt and time.
        told: The ledger.
        sent: The mails that SES took, by kind.
        facts: Which of SES's facts the enquiry has.
        counted: What the alarms read.
        second: The second channel.
        backup_after: After how many seconds the second channel was used.
        minutes: How long it is looked at.
    """

    courses: Sequence[Course] | Callable[[int, float], Course]
    told: str
    sent: str = "alert"
    facts: set[str] = field(default_factory=set)
    counted: Mapping[str, int] = field(default_factory=dict)
    second: str = "mail"
    backup_after: float | None = None
    minutes: int = 40


SCENARIOS = {
    "proof within a minute": Scenario([GOOD], "alert_sent delivered", facts={"delivered_at"}),
    "no event at all": Scenario(
        [NO_EVENTS], "alert_sent backup_used", "alert backup", counted={"ProofMissing": 1}, backup_after=900
    ),
    "no event at all, and no second channel": Scenario(
        [NO_EVENTS], "alert_sent backup_used", counted={"ProofMissing": 1}, backup_after=900, second=""
    ),
    "permanent bounce": Scenario(
        [PERMANENT],
        "alert_sent bounced backup_used",
        "alert backup",
        {"bounced_at"},
        {"ProofMissing": 1},
        backup_after=5,
    ),
    "rejected": Scenario(
        [Course(events=(SENT, (5, "reject")))],
        "alert_sent rejected backup_used",
        "alert backup",
        {"rejected_at"},
        {"ProofMissing": 1},
        backup_after=5,
    ),
    "transient bounce, then delivery": Scenario(
        [Course(events=(SENT, (20, "expired"))), GOOD],
        "alert_sent returned alert_sent delivered",
        "alert alert",
        {"delivered_at"},
    ),
    "delivery, then bounce": Scenario(
        [Course(events=(SENT, (3, "delivery"), (60, "permanent")))],
        "alert_sent delivered bounced backup_used",
        "alert backup",
        {"delivered_at", "bounced_at"},
        {"ProofMissing": 1},
        backup_after=60,
    ),
    "complaint": Scenario(
        [Course(events=(SENT, (3, "delivery"), (60, "complaint")))],
        "alert_sent delivered complained",
        facts={"delivered_at", "complained_at"},
    ),
    "out of office": Scenario(
        [Course(events=(SENT, (3, "delivery"), (4, "out of office")))], "alert_sent delivered", facts={"delivered_at"}
    ),
    "out of office, said before the delivery": Scenario(
        [Course(events=(SENT, (3, "out of office"), (4, "delivery")))],
        "alert_sent returned delivered",
        facts={"delivered_at"},
    ),
    "SES refuses for an hour": Scenario(
        refused_until_ten,
        "alert_refused backup_used alert_sent delivered",
        facts={"delivered_at"},
        counted={"ProofMissing": 1},
        second="push",
        backup_after=900,
        minutes=125,
    ),
    "SES's answer is lost": Scenario(
        [Course(is_silent=True)], "alert_unproven alert_sent delivered", facts={"delivered_at"},
        counted={"AlertUnproven": 1},
    ),
    "SES's answer is lost, and its events": Scenario(
        [Course(events=(), is_silent=True), GOOD],
        "alert_unproven alert_sent delivered",
        "alert alert",
        {"delivered_at"},
        {"AlertUnproven": 1},
    ),
    "the practice's server is down for two hours": Scenario(
        [Course(events=(SENT, (600, "delay"), (3600, "delay"), (7200, "expired"))), GOOD],
        "alert_sent delayed backup_used returned alert_sent delivered",
        "alert backup alert",
        {"delayed_at", "delivered_at"},
        {"ProofMissing": 1},
        backup_after=900,
        minutes=130,
    ),
    "an earlier attempt went out after all, and expired": Scenario(
        lambda attempt, now: LATE_SEND if attempt == 1 else refused_until_ten(attempt, now),
        "alert_unproven alert_refused alert_sent backup_used returned alert_sent delivered",
        "alert alert",
        {"delivered_at"},
        {"AlertUnproven": 1, "ProofMissing": 1},
        second="push",
        minutes=125,
    ),
    "each event three times": Scenario(
        [Course(events=(SENT, (3, "delivery"), (60, "permanent")) * 3)],
        "alert_sent delivered bounced backup_used",
        "alert backup",
        {"delivered_at", "bounced_at"},
        {"ProofMissing": 1},
    ),
    "a bounce whose event comes after the second channel": Scenario(
        [Course(events=((5, "permanent"),), late=1200)],
        "alert_sent backup_used bounced backup_used",
        "alert backup backup",
        {"bounced_at"},
        {"ProofMissing": 2},
        backup_after=1200,
    ),
}  # fmt: skip


@pytest.mark.parametrize("unrest", [False, True], ids=["quiet", "unquiet"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_facts_ledger_and_mails_are_right(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, name: str, unrest: bool
) -> None:
    scenario = SCENARIOS[name]
    world = World(stack, monkeypatch, late=LATE * unrest, rivals=unrest, second=scenario.second)
    world.ses.course = course_of(scenario.courses)

    lead_id = world.enquire()
    world.run(scenario.minutes)

    lead = world.lead(lead_id)
    assert " ".join(world.told(lead_id)) == scenario.told
    assert " ".join(mail.kind for mail in world.ses.sent) == scenario.sent
    assert {name for name in SAID if name in lead} == scenario.facts
    assert world.counted == scenario.counted
    if scenario.backup_after is not None:
        after = seconds(lead["backup_at"]) - seconds(lead["stored_at"])
        assert scenario.backup_after <= after <= scenario.backup_after + 120 + LATE * unrest
    assert len(world.service.received) == (scenario.second == "push")
    # and nothing is left to do once somebody was answered
    world.close(lead_id)
    before = len(world.ses.sent)
    world.run(60 * 24)
    assert "queue" not in world.lead(lead_id)
    assert len(world.ses.sent) == before


SAID = ("delivered_at", "delayed_at", "bounced_at", "rejected_at", "complained_at")


def course_of(courses: Any) -> Callable[[str, float], Course]:
    """The course of each mail: of alerts by attempt, of others the best."""

    def course(mail_id: str, now: float) -> Course:
        kind, *_, attempt = mail_id.split("-")
        if callable(courses):
            return courses(int(attempt), now)  # type: ignore[no-any-return]
        return courses[min(int(attempt), len(courses)) - 1] if kind == "alert" else GOOD

    return course
