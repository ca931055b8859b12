"""When the practice is open, what time it promises for an answer, and how long that is in opening hours.

Every instant is seconds since the epoch, in UTC: arithmetic on local times would be wrong by an hour when clocks
change. On a day without hours, and on a closed date, no time passes. None is the answer where nothing is open for long.

Closures that the practice makes by a button (`shared.closures`) only ever take away: what is promised with them is on
the grid without them, which is the one that pages know.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Final

from shared.practice import WEEK, Practice
from shared.time_zone import DAY, TimeZone, day_number, iso_day

# A promise is for a half hour of the clock, or for a closing time.
GRID: Final = 1800
# Later is no promise, but a calendar.
LONGEST_PROMISE: Final = 21 * DAY
HORIZON: Final = 60
# What the practice's clocks show then, as the address of a thank-you page says it.
TIME_IN_ADDRESS: Final = "%Y-%m-%dT%H%M"
_HOUR: Final = 3600

# Opening and closing time of each window of a day, in seconds of the clock since midnight.
type Windows = Sequence[tuple[int, int]]


class OpeningHours:
    """The practice's opening hours.

    Args:
        zone: Its time zone.
        week: The windows of each day of the week, Monday first.
        dates: Those of dates (days since the epoch) that differ from their day of the week; none where it is closed.
        answer_within: Within how much open time an enquiry is answered, in seconds.
        remind_after: For each reminder, after how many seconds of open time past the promise; the last is ops.

    Attributes:
        closures: Days (since the epoch) on which it closes beside all that, each with the time of its clock, in seconds
            since midnight, from which on. They may be replaced at any time.
    """

    closures: Mapping[int, int]

    def __init__(
        self,
        zone: TimeZone,
        week: Sequence[Windows],
        dates: Mapping[int, Windows],
        *,
        answer_within: int,
        remind_after: tuple[int, ...],
    ) -> None:
        self.zone = zone
        self.week = week
        self.dates = dates
        self.answer_within = answer_within
        self.remind_after = remind_after
        self.closures = {}

    @classmethod
    def of(cls, practice: Practice) -> "OpeningHours":
        """A practice's."""
        week = [sorted(_window(each.opens, each.closes) for each in practice.hours if day in each.days) for day in WEEK]
        dates: dict[int, list[tuple[int, int]]] = {}
        for closure in practice.closed:
            dates |= {day: [] for day in range(day_number(closure.first), day_number(closure.last) + 1)}
        for special in practice.special_hours:
            dates.setdefault(day_number(special.date), []).append(_window(special.opens, special.closes))
        return cls(
            TimeZone(practice.utc_offsets),
            week,
            {day: sorted(windows) for day, windows in dates.items()},
            answer_within=round(practice.answer_within * _HOUR),
            remind_after=tuple(round(hours * _HOUR) for hours in practice.remind_after),
        )

    def answer_by(self, start: float) -> int | None:
        """The time that an enquiry of `start` is answered by, on the grid; None where that is weeks away."""
        at = self.after(floor(start), self.answer_within)
        if at is None:
            return None
        day, _, _ = next(self._windows(at - 1))  # the window that it is in, or at whose end
        promise = next(time for time in self.grid(day) if time >= at)
        return promise if promise - start <= LONGEST_PROMISE else None

    def grid(self, day: int) -> list[int]:
        """The instants of a day (counted since the epoch) that can be promised."""
        found = set()
        for opens, closes in self.windows(day):
            half_hours = range(opens - opens % GRID + GRID, closes, GRID)
            found |= {self.instant(day, clock) for clock in (*half_hours, closes)} - {self.instant(day, opens)}
        return sorted(found)

    def next_open(self, at: float) -> int | None:
        """`at` itself, without its fraction, if the practice is open then, or else when it next opens."""
        return next((max(opens, floor(at)) for _, opens, _ in self._windows(at)), None)

    def after(self, start: float, seconds: float) -> int | None:
        """When so much open time has passed since `start`: at its end a closing time, not the next opening."""
        if seconds <= 0:
            return ceil(start)
        for _, opens, closes in self._windows(start):
            begins = max(opens, start)
            if seconds <= closes - begins:
                return ceil(begins + seconds)
            seconds -= closes - begins
        return None

    def days_after(self, start: float, days: int) -> int | None:
        """The end of the `days`-th open day after that of `start`."""
        today = self.day(start)
        ends = {day: closes for day, _, closes in self._windows(start) if day > today}
        return list(ends.values())[days - 1] if len(ends) >= days else None

    def opens_after(self, start: float, days: int) -> int | None:
        """When the practice opens on the `days`-th open day after that of `start`."""
        end = self.days_after(start, days)
        return None if end is None else self.next_open(self.instant(self.day(end - 1), 0))

    def open_seconds(self, start: float, end: float) -> float:
        """How much open time there is between two instants."""
        days = self.day(end) - self.day(start) if end > start else 0
        return sum(
            min(closes, end) - max(opens, start) for _, opens, closes in self._windows(start, days) if opens < end
        )

    def closed_from(self, now: float) -> list[str]:
        """From when on it closes by its closures, from today on, as its clocks show it (ISO 8601)."""
        days = range(today := self.day(now), today + HORIZON + 1)
        return [f"{iso_day(day)}T{written(until)}" for day, until in sorted(self.closures.items()) if day in days]

    def _windows(self, start: float, days: int = HORIZON) -> Iterator[tuple[int, int, int]]:
        """The windows that are not over at `start`, up to so many days after its own: day, opening, closing."""
        today = self.day(start)
        for day in range(today, today + days + 1):
            for opens, closes in self.windows(day):
                opening, closing = self.instant(day, opens), self.instant(day, closes)
                # A window that the clocks skip is none.
                if opening < closing and closing > start:
                    yield day, opening, closing

    def windows(self, day: int) -> Windows:
        """When it is open on a day (counted since the epoch), by its clock."""
        # The first of January 1970 was a Thursday.
        windows = self.dates.get(day, self.week[(day + 3) % 7])
        if (until := self.closures.get(day)) is None:
            return windows
        return [(opens, min(closes, until)) for opens, closes in windows if opens < until]

    def day(self, at: float) -> int:
        """The day of an instant, counted since the epoch."""
        return int(self.zone.clock(at) // DAY)

    def instant(self, day: int, clock: int) -> int:
        """When the practice's clock shows a time (seconds since midnight) of a day."""
        return self.zone.instant(day * DAY + clock)


def _window(opens: str, closes: str) -> tuple[int, int]:
    return clock_seconds(opens), clock_seconds(closes)


def written(clock: int) -> str:
    """A time of the clock, in seconds since midnight, such as `08:30`."""
    return f"{clock // _HOUR:02}:{clock % _HOUR // 60:02}"


def clock_seconds(clock: str) -> int:
    """The seconds since midnight of a time such as `08:30`. Raises ValueError where it is none."""
    hours, minutes = clock.split(":")
    return int(hours) * _HOUR + int(minutes) * 60
