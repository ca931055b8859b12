"""Dates and times in the reader's language, by CLDR, from what the site compiler has written down of it.

The compiler asks Babel (`infra.site.languages.localize`); who reads the result needs no library at all. This module is
on the content function's cold path.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from datetime import datetime


class Words(TypedDict):
    """How a language writes a moment; each but the weekdays is a `str.format` template."""

    weekdays: Sequence[str]  # from Monday
    dates: Sequence[str]  # by month, from January, with {weekday} and {day}
    hours: Sequence[str]  # by hour, from midnight, with {minute}
    joined: str  # {date} and {time}
    zoned: str  # {moment}, and the name of the practice's time zone


def day(words: Words, month: int, day: int, weekday: int) -> str:
    """A day, such as `Tuesday, December 1`; `month` and `day` count from 1, `weekday` from 0, Monday."""
    return words["dates"][month - 1].format(weekday=words["weekdays"][weekday], day=day)


def clock(words: Words, hour: int, minute: int) -> str:
    """A time of the day, such as `2:03 PM`."""
    return words["hours"][hour].format(minute=f"{minute:02}")


def joined(words: Words, date: str, time: str) -> str:
    """Both, such as `Tuesday, December 1, 2:03 PM`."""
    return words["joined"].format(date=date, time=time)


def moment(words: Words, at: "datetime") -> str:
    """A day and a time of it, of a local time."""
    return joined(words, day(words, at.month, at.day, at.weekday()), clock(words, at.hour, at.minute))


def zoned(words: Words, moment: str) -> str:
    """A moment with its zone, such as `Tuesday, December 1, 2:03 PM, Phoenix time`."""
    return words["zoned"].format(moment=moment)
