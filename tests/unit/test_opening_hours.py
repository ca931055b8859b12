"""What the practice promises: named cases, and a slow, obvious model that goes through time minute by minute."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import count, takewhile
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.site.sources.zone import locked_zone, utc_offsets
from shared.opening_hours import GRID, LONGEST_PROMISE, OpeningHours, Windows
from shared.practice import Closure, Hours, SpecialHours
from shared.time_zone import DAY, TimeZone, day_number
from tests.practice import PRACTICE

pytestmark = pytest.mark.long

HOUR = 3600
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
# Monday to Thursday 08:00 to 18:00, Friday 08:00 to 13:00, in Phoenix; an answer within four hours.
USUAL = replace(PRACTICE, special_hours=())
WITH_LUNCH = (Hours(WEEKDAYS, "08:00", "12:00"), Hours(WEEKDAYS, "13:00", "17:00"))
ALL_NIGHT = (Hours(("Saturday", "Sunday"), "00:00", "06:00"),)
# With changes of the clock at two, at midnight, by half an hour and in Ramadan; without; and east of UTC+12.
ZONES = [
    *("America/Phoenix", "America/New_York", "Europe/Paris", "America/Havana", "Africa/Casablanca", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati"),
]


@cache
def zone_of(name: str) -> TimeZone:
    return TimeZone(utc_offsets(name))


def promised(start: str, practice: dict[str, Any], zone: str = "America/Phoenix") -> str | None:
    """The promise for a local time; both as the practice's clocks show them."""
    hours = OpeningHours.of(
        replace(USUAL, **{"answer_within": 4.0, "closed": (), "utc_offsets": utc_offsets(zone), **practice})
    )
    instant = datetime.fromisoformat(start).replace(tzinfo=locked_zone(zone)).timestamp()
    promise = hours.answer_by(instant)
    return None if promise is None else f"{datetime.fromtimestamp(promise, locked_zone(zone)):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "practice", "promise"),
    [
        pytest.param("2026-12-02T09:00", {}, "Wed 2026-12-02 13:00", id="while it is open"),
        pytest.param("2026-12-02T09:01", {}, "Wed 2026-12-02 13:30", id="rounded up to the half hour"),
        pytest.param("2026-12-02T14:00", {}, "Wed 2026-12-02 18:00", id="at closing time"),
        pytest.param("2026-12-03T17:59", {}, "Fri 2026-12-04 12:00", id="a minute before closing"),
        pytest.param("2026-12-02T12:30", {"hours": WITH_LUNCH}, "Wed 2026-12-02 17:00", id="in a lunch break"),
        pytest.param("2026-12-02T10:00", {"hours": WITH_LUNCH}, "Wed 2026-12-02 15:00", id="across a lunch break"),
        pytest.param("2026-12-04T19:00", {}, "Mon 2026-12-07 12:00", id="Friday evening"),
        pytest.param(
            "2026-12-04T12:00",
            {"closed": (Closure("2026-12-07", "2026-12-07"),)},
            "Tue 2026-12-08 11:00",
            id="over a weekend with a holiday on Monday",
        ),
        pytest.param(
            "2026-12-24T12:00",
            {"closed": (Closure("2026-12-25", "2027-01-01"),), "answer_within": 10.0},
            "Mon 2027-01-04 12:00",
            id="over a closed week",
        ),
        pytest.param(
            "2026-12-24T07:00",
            {"special_hours": (SpecialHours("2026-12-24", "09:00", "11:10"),)},
            "Fri 2026-12-25 10:00",
            id="other hours on one date",
        ),
        pytest.param(
            "2026-12-24T07:00",
            {"special_hours": (SpecialHours("2026-12-24", "09:00", "11:10"),), "answer_within": 2.1},
            "Thu 2026-12-24 11:10",
            id="a closing time off the half hour",
        ),
        pytest.param(
            "2026-12-05T07:00",
            {"special_hours": (SpecialHours("2026-12-05", "09:00", "14:00"),)},
            "Sat 2026-12-05 13:00",
            id="open on a day that is closed otherwise",
        ),
        pytest.param("2028-02-28T16:00", {}, "Tue 2028-02-29 10:00", id="29 February"),
        pytest.param("2027-02-27T16:00", {}, "Mon 2027-03-01 12:00", id="no 29 February"),
        pytest.param("2026-03-08T01:00", {"hours": ALL_NIGHT}, "Sun 2026-03-08 05:00", id="no change in Phoenix"),
        pytest.param(
            "2026-12-01T09:00", {"closed": (Closure("2026-12-01", "2026-12-31"),)}, None, id="closed for a month"
        ),
        pytest.param("2026-12-01T09:00", {"hours": ()}, None, id="never open"),
        pytest.param("2026-12-01T09:00", {"hours": (Hours(("Friday",), "09:00", "09:10"),)}, None, id="too far away"),
    ],
)
def test_a_promise_is_the_next_time_on_the_grid_by_which_there_was_time(
    start: str, practice: dict[str, Any], promise: str | None
) -> None:
    assert promised(start, practice) == promise


@pytest.mark.parametrize(
    ("start", "zone", "promise"),
    [
        pytest.param("2027-03-14T00:30", "America/New_York", "Sun 2027-03-14 05:30", id="a night without two o'clock"),
        pytest.param("2026-11-01T00:30", "America/New_York", "Sun 2026-11-01 03:30", id="the night with two of them"),
        pytest.param("2026-12-05T00:30", "Pacific/Kiritimati", "Sat 2026-12-05 04:30", id="east of UTC+12"),
        pytest.param("2027-04-04T00:30", "Australia/Lord_Howe", "Sun 2027-04-04 04:00", id="a change by half an hour"),
        pytest.param("2025-11-02T00:10", "America/Havana", "Sun 2025-11-02 03:30", id="a change at midnight"),
    ],
)
def test_four_hours_are_four_hours_when_the_clocks_change(start: str, zone: str, promise: str) -> None:
    assert promised(start, {"hours": ALL_NIGHT}, zone) == promise


def test_a_time_that_the_clocks_skip_is_that_at_which_they_do() -> None:
    zone = zone_of("America/New_York")
    gap = zone.instant(day_number("2027-03-14") * DAY + 2 * HOUR)

    hours = OpeningHours(zone, [[]] * 6 + [[(9_000, 9_600)]], {}, answer_within=60, remind_after=(0,))

    assert f"{zone.time(gap):%H:%M %z}" == "03:00 -0400"
    assert hours.next_open(gap - HOUR) == zone.instant(day_number("2027-03-21") * DAY + 9_000)


def test_of_a_time_that_comes_twice_the_first_is_promised() -> None:
    zone = zone_of("America/New_York")
    first = zone.instant(day_number("2026-11-01") * DAY + HOUR + 1800)

    hours = OpeningHours(zone, [[]] * 6 + [[(0, 4 * HOUR)]], {}, answer_within=60, remind_after=(0,))

    assert f"{zone.time(first):%H:%M %z}" == "01:30 -0400"
    assert hours.answer_by(first - 60) == first
    assert f"{zone.time(hours.answer_by(first) or 0):%H:%M %z}" == "02:00 -0500"


def test_the_first_promise_of_a_working_day_takes_no_time() -> None:
    hours = OpeningHours.of(PRACTICE)
    starts = [1_796_000_000.5 + number * 5 * HOUR for number in range(200)]

    began = perf_counter()
    for start in starts:
        hours.answer_by(start)

    assert (perf_counter() - began) / len(starts) < 0.001


# ---- Against the model

# How far the model looks, in seconds.
LOOK_AHEAD = 12 * DAY
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: minute * 60)


@st.composite
def windows(draw: st.DrawFn) -> Windows:
    """Up to two, at any minutes."""
    ends = sorted(draw(st.sets(MINUTES, min_size=2, max_size=4) | st.just(set())))
    return list(zip(ends[::2], ends[1::2], strict=False))


@st.composite
def opening_hours(draw: st.DrawFn) -> tuple[str, OpeningHours, int]:
    """A zone, hours in it, and a minute from which to look at them, often just before the clocks change."""
    name = draw(st.sampled_from(ZONES))
    changes = [start for start, _ in zone_of(name).utc_offsets[1:]] or [1_800_000_000]
    near = st.builds(
        lambda change, minutes: change // 60 * 60 - minutes * 60, st.sampled_from(changes), st.integers(-180, 1500)
    )
    start = draw(near | st.integers(26_300_000, 40_000_000).map(lambda minute: minute * 60))
    dates = draw(st.dictionaries(st.integers(start // DAY - 1, start // DAY + 9), windows(), max_size=3))
    within = draw(st.integers(1, 12 * 60)) * 60
    week = draw(st.lists(windows(), min_size=7, max_size=7))
    hours = OpeningHours(zone_of(name), week, dates, answer_within=within, remind_after=(0,))
    hours.closures = draw(st.dictionaries(st.integers(start // DAY - 1, start // DAY + 9), MINUTES, max_size=3))
    return name, hours, start


def minutes(name: str, hours: OpeningHours, start: int) -> Iterator[tuple[int, date, bool, bool]]:
    """Each minute from `start` on: its date, whether the practice is open, and whether it can be promised.

    A window opens when the clocks first show its beginning or later, and closes when they first show its end or later;
    so does a day that the practice closes by a button.
    """
    zone, reached, was_open = locked_zone(name), datetime.fromisoformat("1970-01-01"), False
    for at in count(start - 2 * DAY, 60):
        shown = datetime.fromtimestamp(at, zone).replace(tzinfo=None)
        is_first = shown > reached
        before, reached = reached, max(shown, reached)
        day = reached.toordinal() - date(1970, 1, 1).toordinal()
        on_day = hours.dates.get(day, hours.week[reached.weekday()])
        midnight = reached.replace(hour=0, minute=0)
        since = (reached - midnight).seconds
        closed_from = hours.closures.get(day, DAY)
        ends = [*(end for _, end in on_day), closed_from]
        closes = any((before - midnight).total_seconds() < end <= since for end in ends)
        is_open = since < closed_from and any(begin <= since < end for begin, end in on_day)
        on_grid = was_open and is_first and (closes or since % 1800 == 0)
        was_open = is_open
        if at >= start:
            yield at, reached.date(), is_open, on_grid


@settings(max_examples=50)
@given(opening_hours())
def test_the_promise_is_what_counting_minutes_gives(case: tuple[str, OpeningHours, int]) -> None:
    name, hours, start = case
    left, expected = hours.answer_within, None
    for at, _, is_open, on_grid in minutes(name, hours, start):
        if at > start + LONGEST_PROMISE:
            break
        if left <= 0 and on_grid:
            expected = at
            break
        left -= 60 * is_open

    assert hours.answer_by(start) == expected


@given(opening_hours(), st.integers(0, 24 * 60))
def test_open_time_is_what_counting_minutes_gives(case: tuple[str, OpeningHours, int], span: int) -> None:
    name, hours, start = case
    counted = sum(
        60 for (at, _, is_open, _), _ in zip(minutes(name, hours, start), range(span), strict=False) if is_open
    )

    assert hours.open_seconds(start, start + span * 60) == counted


@settings(max_examples=30)
@given(opening_hours())
def test_the_next_opening_is_what_going_through_minutes_finds(case: tuple[str, OpeningHours, int]) -> None:
    name, hours, start = case
    looked_at = takewhile(lambda each: each[0] < start + LOOK_AHEAD, minutes(name, hours, start))
    expected = next((at for at, _, is_open, _ in looked_at if is_open), None)

    assert before(start + LOOK_AHEAD, hours.next_open(start)) == expected


@settings(max_examples=30)
@given(opening_hours(), st.integers(1, 3))
def test_open_days_are_what_going_through_minutes_finds(case: tuple[str, OpeningHours, int], days: int) -> None:
    name, hours, start = case
    openings: dict[date, int] = {}
    ends: dict[date, int] = {}
    looked_at = list(takewhile(lambda each: each[0] < start + LOOK_AHEAD, minutes(name, hours, start)))
    for at, day, is_open, _ in looked_at:
        if is_open and day > looked_at[0][1]:
            openings.setdefault(day, at)
            ends[day] = at + 60

    expected = [[*found.values(), *[None] * days][days - 1] for found in (openings, ends)]

    found = hours.opens_after(start, days), hours.days_after(start, days)
    assert [before(start + LOOK_AHEAD, each) for each in found] == expected


def before(end: int, at: int | None) -> int | None:
    return at if at is not None and at < end else None


@given(opening_hours(), st.integers(0, 6 * HOUR), st.integers(0, 6 * HOUR))
def test_open_time_adds_up(case: tuple[str, OpeningHours, int], one: int, other: int) -> None:
    _, hours, start = case
    first = hours.after(start, one)
    both = hours.after(start, one + other)

    if both is not None and first is not None:
        assert hours.after(first, other) == both
        assert hours.open_seconds(start, both) == one + other


@given(opening_hours(), st.integers(0, DAY))
def test_who_asks_later_is_promised_no_earlier_time(case: tuple[str, OpeningHours, int], seconds: int) -> None:
    _, hours, start = case
    promise, later = hours.answer_by(start), hours.answer_by(start + seconds)

    if promise is not None and later is not None:
        assert promise <= later


@given(opening_hours(), st.lists(st.integers(0, 47), min_size=1))
def test_what_is_promised_with_closures_could_be_promised_without(
    case: tuple[str, OpeningHours, int], half_hours: list[int]
) -> None:
    # or the page after the form, which knows only what was compiled, would not say it
    _, hours, start = case
    hours.closures = {start // DAY + number: each * GRID for number, each in enumerate(half_hours)}
    promise = hours.answer_by(start)
    hours.closures = {}

    if promise is not None:
        assert any(promise in hours.grid(promise // DAY + number) for number in (-1, 0, 1))


@given(opening_hours(), st.floats(0, 0.999))
def test_a_part_of_a_second_changes_no_promise(case: tuple[str, OpeningHours, int], part: float) -> None:
    _, hours, start = case

    assert hours.answer_by(start + part) == hours.answer_by(start)


# ---- The zone


@pytest.mark.parametrize("name", ZONES)
@given(at=st.integers(1_577_836_800, 2_840_140_799))
def test_the_compiled_zone_shows_what_the_database_says(name: str, at: int) -> None:
    zone = zone_of(name)

    assert zone.time(at).isoformat() == datetime.fromtimestamp(at, locked_zone(name)).isoformat()
    assert zone.clock(zone.instant(int(zone.clock(at)))) == zone.clock(at)
    assert zone.instant(int(zone.clock(at))) <= at


def test_a_zone_without_changes_is_one_offset() -> None:
    assert utc_offsets("America/Phoenix") == ((int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()), -7 * HOUR),)
