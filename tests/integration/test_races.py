"""Functions that run beside each other, and faults at any call: no enquiry is lost, and no mail comes twice for it."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.courses import GOOD, Course
from tests.integration.conftest import Stack
from tests.unquiet import Killed
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


# How often one call in a thousand goes wrong, in each way.
KILLED, REFUSED, LOST = 4, 4, 4
SES_IS_SLOW, NO_EVENT, COMES_BACK = 20, 0, 10


def faulty(chance: Random) -> Callable[[str, str], None]:
    """Faults at any call: the process dies, the call is refused, or it is made and its answer lost."""

    def watch(method: str, phase: str) -> None:
        dice = chance.randrange(1000)
        if dice < KILLED:
            raise Killed
        if dice < KILLED + REFUSED and phase == "before":
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, method)
        if dice < KILLED + LOST and phase == "after":
            raise ReadTimeoutError(endpoint_url="https://dynamodb")

    return watch


def courses(chance: Random) -> Callable[[str, float], Course]:
    """Most mails arrive; some come back first, and of some SES's answer is lost."""

    def course(_mail_id: str, _now: float) -> Course:
        dice, late = chance.randrange(1000), chance.choice([1, 1, 1, 5, 30])
        if dice < COMES_BACK:
            return Course(events=((1, "send"), (20, "expired")), late=late)
        return Course(late=late, is_silent=dice < COMES_BACK + SES_IS_SLOW)

    return course


def troubled(stack: Stack, monkeypatch: pytest.MonkeyPatch, seed: int, many: int) -> Counter[int]:
    """Let so many enquiries come amid faults; how many were alerted how often by mails that did not come back."""
    chance = Random(seed)
    world = World(stack, monkeypatch, late=chance.choice([0, 2, 90]))
    world.ses.course = courses(chance)
    ids = []
    for number in range(many):
        world.watch(faulty(chance))
        ids.append(world.enquire(number, by_stream=chance.random() < 0.9))
        world.run(chance.choice([0.5, 3]))
    world.run(20)
    world.calm()
    world.run(60)

    leads = {lead["id"]: lead for lead in world.items("LEAD")}
    assert set(leads) == set(ids)
    came_back = {item["id"] for item in world.items("MAIL") if "returned_at" in item}
    assert all("delivered_at" in lead and set(lead["duties"]) == {"answer"} for lead in leads.values())
    alerts = [mail for mail in world.sent("alert bundle") if mail.id not in came_back]
    return Counter(sum(leads[lead_id]["reference"] in mail.text for mail in alerts) for lead_id in ids)


@pytest.mark.parametrize("seed", range(6))
def test_faults_at_any_call_lose_and_double_nothing(stack: Stack, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    often = troubled(stack, monkeypatch, seed, 30)

    assert not often[0]
    assert often.total() - often[1] <= 1
