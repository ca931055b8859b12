"""Times as people say them who think of them now: `today, 2:03 PM`, `Thursday, 9:00 AM`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shared import moments
from shared.lead import seconds
from shared.messages import mark as _
from shared.time_zone import TimeZone

_NAMED_DAYS: Final[Mapping[int, str]] = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
# From so many days on, a weekday means another day; and a date without its year another year. Of the past a weekday
# alone is never said: it would be taken for the one that comes.
_A_WEEK: Final = 7
_MOST_OF_A_YEAR: Final = 300


class NearTimes:
    """Writes times in the practice's language and zone.

    Args:
        words: How the language writes moments.
        months: How it writes each month of a year, from January; `str.format` templates with {year}.
        dates: How it writes a date of each, with {day} and {year}.
        zone: The practice's time zone.
        say: Gives a message in the practice's language.
    """

    def __init__(
        self,
        words: moments.Words,
        months: Sequence[str],
        dates: Sequence[str],
        zone: TimeZone,
        say: Callable[[str], str],
    ) -> None:
        self._words = words
        self._months = months
        self._dates = dates
        self._zone = zone
        self._say = say

    def near(self, time: str, now: float) -> str:
        """A time (ISO 8601), near or far from now (seconds since the epoch)."""
        local, today = self._zone.time(seconds(time)), self._zone.time(now)
        days = (local.date() - today.date()).days
        if days in _NAMED_DAYS:
            day = self._say(_NAMED_DAYS[days])
        elif 0 < days < _A_WEEK:
            day = self._words["weekdays"][local.weekday()]
        elif abs(days) < _MOST_OF_A_YEAR:
            day = moments.day(self._words, local.month, local.day, local.weekday())
        else:
            day = self._dates[local.month - 1].format(day=local.day, year=local.year)
        return moments.joined(self._words, day, moments.clock(self._words, local.hour, local.minute))

    def clock(self, at: float) -> str:
        """The time of the day of a moment (seconds since the epoch)."""
        local = self._zone.time(at)
        return moments.clock(self._words, local.hour, local.minute)

    def month(self, month: str) -> str:
        """An ISO month, such as `November 2026`."""
        year, _dash, number = month.partition("-")
        return self._months[int(number) - 1].format(year=year)
