"""Each look of a schedule says that it was there, and for how long the oldest step was due that it came to."""

import pytest

from shared.facts import without_outcome
from tests.courses import Course
from tests.integration.conftest import Stack
from tests.world import MORNING, World

HOUR = 3600


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(stack, monkeypatch)


def looks(world: World, minutes_later: float = 0) -> list[float]:
    """What the looks of notify and followup measure, after so long a time in which nobody looked."""
    world.now += 60 * minutes_later
    world.measured.clear()
    world.minute()
    return world.measured


def test_a_look_that_finds_nothing_due_says_that_it_was_there(world: World) -> None:
    assert looks(world) == [0, 0]


def test_what_is_due_at_once_is_due_since_it_was_stored(world: World) -> None:
    world.enquire(by_stream=False)

    assert looks(world, minutes_later=20) == [20 * 60, 0]
    # and once it is done nothing is due
    assert looks(world, minutes_later=1) == [0, 0]


def test_what_is_due_later_is_due_since_then(world: World) -> None:
    world.ses.course = lambda mail_id, now: Course(events=())
    world.enquire()

    # an alert has a quarter of an hour in which to be proven
    assert looks(world, minutes_later=20) == [0, 5 * 60]


def test_what_ses_refuses_is_due_later(world: World) -> None:
    world.ses.course = lambda mail_id, now: Course(refusal="ServiceUnavailable")
    world.enquire()

    assert max(max(looks(world, minutes_later=1)) for _ in range(12)) < 60


def test_an_outcome_that_is_taken_back_leaves_its_answer_due_since_then(world: World) -> None:
    lead_id = world.enquire()
    world.deliver(world.now + 60)
    world.close(lead_id)
    world.now = MORNING + 8 * HOUR  # four after the promised time

    world.store.change(lead_id, lambda lead: without_outcome(lead, world.now, "link"))

    assert looks(world, minutes_later=1) == [0, 60]


@pytest.mark.parametrize("function", ["notify", "followup"])
def test_a_look_that_does_not_come_to_its_end_says_nothing(world: World, function: str) -> None:
    world.kill(0)

    assert world.invoke(function, {}) is None
    assert world.measured == []
