"""When somebody is to be called again: the choices that a page offers, and what a date means."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final, NamedTuple

from shared.opening_hours import GRID, OpeningHours
from shared.time_zone import DAY, day_number

_LATER_TODAY: Final = (2 * 3600, 3600)
# What is sooner is now.
_SOONEST: Final = 3600
_NOON: Final = 12


class When(StrEnum):
    """What a choice is called. `MOMENT` has no name but its time."""

    LATER_TODAY = "later_today"
    TOMORROW_MORNING = "tomorrow_morning"
    WEEKDAY_MORNING = "weekday_morning"
    NEXT_WEEK = "next_week"
    MOMENT = "moment"


class Choice(NamedTuple):
    """A time to call again, in seconds since the epoch."""

    when: When
    at: int


def choices(hours: OpeningHours, now: float) -> list[Choice]:
    """Some times to choose from, each when the practice is open, the next one first."""
    by_time: dict[int, Choice] = {}
    for choice in (*_later_today(hours, now), *_next_days(hours, now), *_next_week(hours, now)):
        by_time.setdefault(choice.at, choice)
    return sorted(by_time.values(), key=lambda choice: choice.at)


def on_date(hours: OpeningHours, day: date, now: float) -> int:
    """When the practice opens on a date, or next after it; where it does not for long, the date's first moment."""
    midnight = hours.zone.instant(day_number(day.isoformat()) * DAY)
    start = max(midnight, int(now) + _SOONEST)
    return hours.next_open(start) or start


def _later_today(hours: OpeningHours, now: float) -> Iterator[Choice]:
    for pause in _LATER_TODAY:
        at = ceil((now + pause) / GRID) * GRID
        if hours.next_open(at) == at and _local(hours, at).date() == _local(hours, now).date():
            yield Choice(When.LATER_TODAY, at)
            return


def _next_days(hours: OpeningHours, now: float) -> Iterator[Choice]:
    tomorrow = _local(hours, now).date() + timedelta(days=1)
    for days in (1, 2):
        if (at := hours.opens_after(now, days)) is None:
            return
        local = _local(hours, at)
        morning = When.TOMORROW_MORNING if local.date() == tomorrow else When.WEEKDAY_MORNING
        is_soon = local.date() < tomorrow + timedelta(days=6)  # its weekday says which day it is
        yield Choice(morning if local.hour < _NOON and is_soon else When.MOMENT, at)


def _next_week(hours: OpeningHours, now: float) -> Iterator[Choice]:
    today = _local(hours, now).date()
    yield Choice(When.NEXT_WEEK, on_date(hours, today + timedelta(days=7 - today.weekday()), now))


def _local(hours: OpeningHours, at: float) -> datetime:
    return hours.zone.time(at)
