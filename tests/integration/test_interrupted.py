"""The functions, interrupted before and after each of their calls: killed, or overtaken by a person's act."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.courses import GOOD, Course
from tests.integration.conftest import Stack
from tests.world import World

WITHOUT_EVENTS = Course(events=())
HOUR = 60


type Worlds = Callable[..., World]


@pytest.fixture
def worlds(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Worlds:
    """Gives a world in which alerts take one course, and other mails the best."""

    def new(alerts: Course = GOOD, second: str = "") -> World:
        world = World(stack, monkeypatch, second=second)
        world.ses.course = lambda mail_id, _: alerts if mail_id.startswith("alert") else GOOD
        return world

    return new


def each_call(world: World, interrupt: Callable[[int], Callable[[], bool]], run: Callable[[], object]) -> Iterator[int]:
    """Interrupt `run` at each of its calls, from the same start.

    Yields:
        The number of each call, once it was interrupted.
    """
    take_back = world.keep()
    for number in count():
        take_back()
        has_happened = interrupt(number)
        run()
        world.calm()
        if not has_happened():
            assert number > 4  # or nothing was interrupted at all
            return
        yield number


def begun(world: World, minutes: float) -> str:
    """An enquiry to which something is to be done now."""
    lead_id = world.enquire(by_stream=bool(minutes))
    if minutes:
        world.run(minutes - 1)
        world.now += 60
    return lead_id


@pytest.mark.parametrize("course", [GOOD, WITHOUT_EVENTS], ids=["with events", "without events"])
def test_notify_killed_at_any_call_alerts_once_where_events_come(worlds: Worlds, course: Course) -> None:
    world = worlds(course)
    lead_id = begun(world, 0)
    twice = []

    for number in each_call(world, world.kill, lambda: world.invoke("notify", {})):
        world.run(5)
        alerts = world.alerts_of(lead_id)
        assert alerts, number
        if len(alerts) > 1:
            twice.append(number)
        assert "alert_owed" not in world.lead(lead_id), number
        assert world.told(lead_id) == ["alert_sent", "delivered"][: len(course.events) or 1], number

    # without events: killed between SES's yes and the record of it on the mail
    assert len(twice) <= (0 if course.events else 2)


@pytest.mark.parametrize("second", ["", "push", "mail"])
def test_followup_killed_at_any_call_tells_of_missing_proof(worlds: Worlds, second: str) -> None:
    world = worlds(WITHOUT_EVENTS, second)
    lead_id = begun(world, 15)

    for number in each_call(world, world.kill, lambda: world.invoke("followup", {})):
        world.run(5)
        assert world.told(lead_id) == ["alert_sent", "backup_used"], number
        assert world.counted["ProofMissing"] >= 1, number
        assert bool(second) <= len(world.service.received) + len(world.sent("backup")) <= 2, number


def test_followup_killed_at_any_call_reminds_once_where_events_come(worlds: Worlds) -> None:
    world = worlds()
    ids = [world.enquire(1), begun(world, 4 * HOUR)]

    for number in each_call(world, world.kill, lambda: world.invoke("followup", {})):
        world.run(5)
        for lead_id in ids:
            reference = world.lead(lead_id)["reference"]
            assert sum(reference in mail.text for mail in world.sent("reminder")) == 1, number
            assert world.told(lead_id) == ["alert_sent", "delivered", "reminded"], number


def test_delivery_killed_at_any_call_knows_all_once_its_events_came_again(worlds: Worlds) -> None:
    world = worlds(Course(events=((1, "send"), (3, "delivery"), (4, "permanent"))))
    lead_id = world.enquire()

    for number in each_call(world, world.kill, lambda: world.deliver(world.now + 5)):
        world.run(5)
        assert sorted(world.told(lead_id)) == ["alert_sent", "backup_used", "bounced", "delivered"], number
        assert len(world.alerts_of(lead_id)) == 1, number


# What is under way when it is overtaken: the alert's course, after how many minutes it begins, and what runs then.
UNDER_WAY: dict[str, tuple[Course, float, str]] = {
    "the alert": (GOOD, 0, "notify"),
    "the second channel": (WITHOUT_EVENTS, 15, "followup"),
    "a reminder": (GOOD, 4 * HOUR, "followup"),
}


@pytest.mark.parametrize("name", UNDER_WAY)
def test_an_erasure_at_any_call_is_never_undone(worlds: Worlds, name: str) -> None:
    course, minutes, function = UNDER_WAY[name]
    world = worlds(course, "mail")
    lead_id = begun(world, minutes)

    def erase(number: int) -> Callable[[], bool]:
        return world.at_call(number, lambda: world.erasure.erase(lead_id))

    for number in each_call(world, erase, lambda: world.invoke(function, {})):
        before = len(world.ses.sent)
        world.run(24 * HOUR)
        assert set(world.lead(lead_id)) == {"pk", "sk", "erased_at", "expires_at"}, number
        assert len(world.ses.sent) == before, number


@pytest.mark.parametrize("name", UNDER_WAY)
def test_an_outcome_at_any_call_is_kept_and_ends_what_was_under_way(worlds: Worlds, name: str) -> None:
    course, minutes, function = UNDER_WAY[name]
    world = worlds(course, "mail")
    lead_id = begun(world, minutes)

    def answer(number: int) -> Callable[[], bool]:
        return world.at_call(number, lambda: world.close(lead_id))

    for number in each_call(world, answer, lambda: world.invoke(function, {})):
        before = len(world.ses.sent)
        world.run(24 * HOUR)
        lead = world.lead(lead_id)
        assert [each["M"]["outcome"]["S"] for each in lead["outcomes"]] == ["called"], number
        assert "queue" not in lead, number
        assert len(world.ses.sent) == before, number
