"""The practice's time zone: from an instant to what its clocks show, and back.

An instant is seconds since the epoch, in UTC. What clocks show is counted in the same way, as if they showed UTC.
The zone's changes are compiled ahead (`infra/site/sources/zone.py`): importing zoneinfo takes longer than `leads` has.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


class TimeZone:
    """A zone by its offsets from UTC.

    Args:
        utc_offsets: From which instant on which offset holds, in seconds; the first also holds before its instant.
    """

    def __init__(self, utc_offsets: Sequence[tuple[int, int]]) -> None:
        self.utc_offsets = utc_offsets
        self._starts = [start for start, _ in utc_offsets[1:]]
        self._offsets = [offset for _, offset in utc_offsets]
        # What clocks showed at the end of each offset's time.
        self._ends = [start + offset for start, offset in zip(self._starts, self._offsets, strict=False)]

    def clock(self, at: float) -> float:
        """What the clocks show at an instant."""
        return at + self._offsets[bisect_right(self._starts, at)]

    def instant(self, clock: int) -> int:
        """When the clocks first show `clock`, or later where they skip it."""
        index = bisect_right(self._ends, clock)
        at = clock - self._offsets[index]
        return max(at, self._starts[index - 1]) if index else at

    def time(self, at: float) -> datetime:
        """The local time at an instant, with its offset."""
        offset = timezone(timedelta(seconds=self._offsets[bisect_right(self._starts, at)]))
        return datetime.fromtimestamp(at, UTC).astimezone(offset)


def iso_day(day: int) -> str:
    """The ISO date of a day, counted since the epoch."""
    return date.fromordinal(_EPOCH + day).isoformat()


def day_number(day: str) -> int:
    """The days from the epoch to an ISO date."""
    return date.fromisoformat(day).toordinal() - _EPOCH
