"""When somebody is to be called again: times that are worth a choice, and what a date means."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.inbox.again import Choice, When, choices, on_date
from shared.lead import timestamp
from shared.opening_hours import OpeningHours
from tests.practice import PRACTICE

HOURS = OpeningHours.of(PRACTICE)


def at(text: str) -> int:
    """An instant of the practice's clock."""
    return HOURS.zone.instant(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))


def offered(now: str) -> list[tuple[str, str]]:
    return [
        (choice.when.value, HOURS.zone.time(choice.at).strftime("%a %d %H:%M")) for choice in choices(HOURS, at(now))
    ]


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (
            "2026-11-24T09:10",
            [
                ("later_today", "Tue 24 11:30"),
                ("tomorrow_morning", "Wed 25 08:00"),
                ("weekday_morning", "Thu 26 08:00"),
                ("next_week", "Mon 30 08:00"),
            ],
        ),
        (
            "2026-11-26T20:00",
            [("tomorrow_morning", "Fri 27 08:00"), ("weekday_morning", "Mon 30 08:00")],
        ),
        ("2026-11-28T12:00", [("weekday_morning", "Mon 30 08:00"), ("weekday_morning", "Tue 01 08:00")]),
    ],
    ids=["a Tuesday morning", "a Thursday evening", "a Saturday"],
)
def test_the_choices_are_when_the_practice_is_open(now: str, wanted: list[tuple[str, str]]) -> None:
    assert offered(now) == wanted


@given(st.integers(at("2026-11-01T00:00"), at("2027-10-01T00:00")))
def test_every_choice_lies_ahead_in_opening_hours_and_none_comes_twice(now: int) -> None:
    found = choices(HOURS, now)

    assert found
    assert all(choice.at > now for choice in found)
    assert all(HOURS.next_open(choice.at) == choice.at for choice in found)
    assert len({choice.at for choice in found}) == len(found)


def test_a_practice_that_is_closed_for_long_still_offers_a_time() -> None:
    closed = OpeningHours(HOURS.zone, [[]] * 7, {}, answer_within=1, remind_after=(0,))
    now = at("2026-11-24T09:10")

    assert choices(closed, now) == [Choice(When.NEXT_WEEK, at("2026-11-30T00:00"))]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-11-24", "2026-11-24T17:10:00.000Z"),
        ("2026-11-25", "2026-11-25T15:00:00.000Z"),
        ("2026-11-28", "2026-11-30T15:00:00.000Z"),
    ],
    ids=["today, in an hour", "from the opening on", "closed, and so on the next day"],
)
def test_a_date_means_its_opening_or_the_next(day: str, wanted: str) -> None:
    assert timestamp(on_date(HOURS, date.fromisoformat(day), at("2026-11-24T09:10"))) == wanted
