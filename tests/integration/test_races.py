"""Functions that run beside each other: no mail comes twice for an enquiry."""

import pytest

from tests.courses import GOOD, Course
from tests.integration.conftest import Stack
from tests.world import World

HOUR = 60


@pytest.mark.parametrize("pause", range(0, 14, 2))
def test_two_runs_of_notify_beside_each_other_alert_once(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, pause: int
) -> None:
    world = World(stack, monkeypatch, late=90)
    ids = [world.enquire(number, by_stream=False) for number in range(3)]
    world.now += 120

    world.between(pause, lambda: world.invoke("notify", {}))
    world.invoke("notify", {})
    world.run(10)

    assert [len(world.alerts_of(lead_id)) for lead_id in ids] == [1, 1, 1]


@pytest.mark.parametrize("pause", range(10))
@pytest.mark.parametrize("minutes", [15, 4 * HOUR], ids=["proof", "reminders"])
def test_two_runs_of_followup_beside_each_other_tell_and_remind_once(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, pause: int, minutes: int
) -> None:
    world = World(stack, monkeypatch, second="mail")
    silent = Course(events=())
    world.ses.course = lambda mail_id, _: silent if mail_id.startswith("alert") and minutes == 15 else GOOD
    ids = [world.enquire(number) for number in range(3)]
    world.run(minutes - 1)
    world.now += 60

    world.between(pause, lambda: world.invoke("followup", {}))
    world.invoke("followup", {})
    world.run(10)

    for lead_id in ids:
        reference = world.lead(lead_id)["reference"]
        told = [mail for mail in world.sent("backup reminder") if reference in mail.text]
        assert len(told) == 1, told
        assert world.told(lead_id)[-1] == ("backup_used" if minutes == 15 else "reminded")
