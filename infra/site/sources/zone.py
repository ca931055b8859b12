"""A time zone's changes, for functions that have no time for the time zone database itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

# Long before the first enquiry, and long after this package has been built anew.
_FIRST: Final = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
_LAST: Final = int(datetime(2060, 1, 1, tzinfo=UTC).timestamp())
_DAY: Final = 86_400


@cache
def utc_offsets(name: str) -> tuple[tuple[int, int], ...]:
    """From which instant on which offset from UTC holds, both in seconds, from 2020 to 2060.

    Raises:
        ZoneInfoNotFoundError: There is no such zone.
        ValueError: It cannot be the name of one.
    """
    zone = locked_zone(name)

    def offset(at: int) -> int:
        return int(
            (datetime.fromtimestamp(at, zone).replace(tzinfo=UTC) - datetime.fromtimestamp(at, UTC)).total_seconds()
        )

    changes = [(_FIRST, offset(_FIRST))]
    for before, after in pairwise(range(_FIRST, _LAST, _DAY)):
        if offset(after) != changes[-1][1]:
            changes.append((_change(offset, before, after), offset(after)))
    return tuple(changes)


def _change(offset: Callable[[int], int], before: int, after: int) -> int:
    """When the offset changes between two instants. No zone changes twice on a day."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
    return after


def locked_zone(name: str) -> ZoneInfo:
    """A zone from the locked database: that of the machine may be years older.

    Raises:
        ZoneInfoNotFoundError: There is no such zone.
        ValueError: It cannot be the name of one.
    """
    ZoneInfo(name)  # knows what can be no name
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
