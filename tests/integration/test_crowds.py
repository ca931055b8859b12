"""Many enquiries at once, a small budget, and functions that run beside each other."""

import pytest

from functions.notify import app
from functions.notify.alert import MOST_IN_A_BUNDLE
from functions.notify.filing import Filing
from shared.facts import filed
from shared.lead import seconds
from tests.integration.conftest import Stack
from tests.world import MORNING, World

DAY = 24 * 60


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(stack, monkeypatch)


def wave(world: World, first: int, many: int, minutes: float) -> None:
    """So many enquiries within so many minutes."""
    start = world.now
    for number in range(many):
        while world.now + 60 <= start + number * minutes * 60 / many:
            world.run(1)
        world.now = max(world.now, start + number * minutes * 60 / many)
        world.enquire(first + number)
    world.run(1)


@pytest.mark.parametrize("starts", [0, 6.5], ids=["in ten minutes of the clock", "across them"])
def test_a_crowd_brings_twenty_five_mails_and_those_of_the_next_day_are_sent_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch, starts: float
) -> None:
    # Of five hundred enquiries all but twenty are bundled. Here it is a fifth of those, and a bundle holds a fifth: as
    # many mails, in a fifth of the time.
    many = 20 + 480 // 5
    monkeypatch.setattr(app, "MOST_IN_A_BUNDLE", MOST_IN_A_BUNDLE // 5 + 1)
    # Who wrote before is no part of this, and takes moto long.
    monkeypatch.setattr(
        Filing, "file", lambda its, lead: its.store.change(lead.id, lambda lead: filed(lead, world.now))
    )
    world.now += 60 * starts
    wave(world, 0, many, 5)
    world.run(20)

    leads = world.items("LEAD")
    assert len(leads) == many
    assert all("delivered_at" in lead and set(lead["duties"]) == {"answer"} for lead in leads)
    assert len(world.ses.sent) <= 25
    assert {mail.kind for mail in world.ses.sent} == {"alert", "bundle"}
    assert world.counted == {}

    for lead in leads:
        world.close(lead["id"])
    world.run(DAY)
    before = len(world.ses.sent)
    wave(world, many, 10, 5)
    assert [mail.kind for mail in world.ses.sent[before:]] == ["alert"] * 10


def test_what_the_days_budget_has_no_room_for_goes_out_when_the_next_day_begins(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for function in ("notify", "followup"):
        monkeypatch.setitem(stack.variables[function], "DAILY_MAIL_BUDGET", "8")
    world = World(stack, monkeypatch)
    wave(world, 0, 16, 4 * 60)
    midnight = MORNING + 8 * 3600
    world.run((midnight - world.now) / 60 - 2)
    assert len(world.ses.sent) == 8
    assert world.counted["MailBudgetSpent"]
    waiting = [lead["id"] for lead in world.items("LEAD") if "alert_sent_at" not in lead]
    assert waiting

    world.run(15)

    leads = {lead["id"]: lead for lead in world.items("LEAD")}
    assert len(leads) == 16
    for lead_id in waiting:
        assert "delivered_at" in leads[lead_id]
        assert seconds(leads[lead_id]["alert_sent_at"]) - midnight <= 12 * 60
