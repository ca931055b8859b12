"""Erasing an enquiry, whatever is under way: nothing of it comes back, or is left."""

import json
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count, permutations

import pytest

from shared.pointers import Pointers
from tests.courses import GOOD, Course
from tests.integration.conftest import Stack
from tests.unquiet import Killed, Unquiet
from tests.world import World

SILENT = Course(is_silent=True, late=2 * 3600)
PERSON = ("Ana", "Ruiz", "6025550000", "555-0000", "visitor0@example.com")


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which visitors get confirmations, and SES's answers to alerts are lost."""
    monkeypatch.setitem(stack.variables["notify"], "CONFIRM_TO_VISITOR", "yes")
    world = World(stack, monkeypatch, second="mail")
    world.ses.course = lambda mail_id, _: SILENT if mail_id.startswith("alert") else GOOD
    return world


def begun(world: World) -> str:
    """An enquiry whose second alert and first reminder are due, of whose first alert an event is on its way."""
    lead_id = world.enquire()
    world.now += 5 * 3600
    return lead_id


def steps(world: World, lead_id: str) -> dict[str, Callable[[], object]]:
    """The four that may be under way at once."""
    return {
        "erasure": lambda: world.erasure.erase(lead_id),
        "alert": lambda: world.invoke("notify", {}),
        "reminder": lambda: world.invoke("followup", {}),
        "event": lambda: world.deliver(world.now),
    }


def all_of(acts: Iterable[Callable[[], object]]) -> None:
    """One after the other."""
    for act in acts:
        act()


def assert_nothing_is_left(world: World, lead_id: str, *, after: object) -> None:
    """No item names the lead or its person, but for the tombstone and the record; and nothing comes of it any more."""
    sent = len(world.ses.sent)
    world.deliver(world.now + 3 * 3600)  # of alerts they are two hours late
    world.minute()
    assert len(world.ses.sent) == sent, after
    grave = world.lead(lead_id)
    assert set(grave) == {"pk", "sk", "erased_at", "expires_at"}, after
    (record,) = world.stack.dynamodb.scan(TableName=world.stack.record)["Items"]
    assert set(record) == {"lead_id", "erased_at", "expires_at"}, after
    left = json.dumps([item for item in world.items() if item != grave])
    assert [word for word in (lead_id, "PERSON#", "REFERENCE#", "MONTH#", *PERSON) if word in left] == [], after


def test_the_four_really_are_under_way(world: World) -> None:
    lead_id = begun(world)
    sent = len(world.ses.sent)

    assert "alert_unproven_at" in world.lead(lead_id)
    for name in ("alert", "reminder"):
        steps(world, lead_id)[name]()
        assert len(world.ses.sent) > sent, name
        sent = len(world.ses.sent)
    steps(world, lead_id)["event"]()
    assert "delivered_at" in world.lead(lead_id)
    mails = {item["pk"].split("#")[1].split("-")[0] for item in world.items("MAIL")}
    assert mails == {"alert", "backup", "confirmation", "reminder"}


@pytest.mark.parametrize("order", list(permutations(["erasure", "alert", "reminder", "event"])), ids="-".join)
def test_one_after_the_other_in_any_order(world: World, order: tuple[str, ...]) -> None:
    lead_id = begun(world)

    for name in order:
        steps(world, lead_id)[name]()

    assert_nothing_is_left(world, lead_id, after=order)


@pytest.mark.parametrize("outer", ["alert", "reminder", "event"])
@pytest.mark.parametrize("order", ["erasure first", "erasure last"])
def test_within_each_other_at_any_call(world: World, outer: str, order: str) -> None:
    lead_id = begun(world)
    take_back = world.keep()
    for number in count():
        take_back()
        within = [act for name, act in steps(world, lead_id).items() if name != outer]
        acts = within if order == "erasure first" else within[::-1]
        has_happened = world.at_call(number, partial(all_of, acts))
        steps(world, lead_id)[outer]()
        world.calm()
        if not has_happened():
            assert number > 4  # or nothing was overtaken at all
            return
        assert_nothing_is_left(world, lead_id, after=(outer, number))


@pytest.mark.parametrize("within", ["alert", "reminder", "event", "filing", "filing that is killed"])
def test_an_erasure_is_overtaken_at_any_call(world: World, within: str) -> None:
    lead_id = begun(world) if within in steps(world, "") else world.enquire(by_stream=False)
    lead = world.store.read(lead_id)
    assert lead
    # Killed once the pointers are written: nothing of it counts the version up.
    only_pointers = partial(Pointers(world.stack.table, world.table).write, lead, ("d" * 32,))
    filing: dict[str, Callable[[], object]] = {
        "filing": lambda: world.stream(lead_id),
        "filing that is killed": only_pointers,
    }
    act = (steps(world, lead_id) | filing)[within]
    take_back = world.keep()
    for number in count():
        take_back()
        client = Unquiet(world.table)
        calls = count()

        def watch(_method: str, phase: str, calls: "count[int]" = calls, number: int = number) -> None:
            if phase == "after" and next(calls) == number:
                act()

        client.watch = watch
        world.stack.erasure(client, world.now).erase(lead_id)  # type: ignore[arg-type]
        if next(calls) <= number:
            assert number > 1
            return
        assert_nothing_is_left(world, lead_id, after=(within, number))


def test_an_erasure_that_was_killed_at_any_call_is_finished_by_the_next(world: World) -> None:
    lead_id = begun(world)
    world.minute()
    take_back = world.keep()
    for number in count():
        take_back()
        client = Unquiet(world.table)
        client.kill(number)
        try:
            world.stack.erasure(client, world.now).erase(lead_id)  # type: ignore[arg-type]
        except Killed:
            world.erasure.erase(lead_id)
            assert_nothing_is_left(world, lead_id, after=number)
        else:
            assert number > 4
            return
