"""Closures that the practice makes by a button, without a deployment: days, or the rest of them.

They are one item of the table, `pk = PRACTICE`, `sk = CLOSURES`, whose `days` have an entry for each date: until when
it is open then (`00:00` where it is closed all day), who said so and when. `version` goes up with each change, and
`changed` is when it last did, in seconds since the epoch; `settled` is the version with which the duties of all open
enquiries were derived anew (`functions/followup`).

Whoever reads them puts them into the opening hours, and all that is counted in those follows.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from shared.errors import ItemUnreadable, StoreUnavailable
from shared.items import Table, Watched, attribute, value_of
from shared.lead import timestamp
from shared.opening_hours import OpeningHours, clock_seconds
from shared.time_zone import day_number

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

ALL_DAY: Final = "00:00"
_ATTRIBUTES: Final = ("days", "version", "changed", "settled")
KEY: "Final[Item]" = {"pk": {"S": "PRACTICE"}, "sk": {"S": "CLOSURES"}}
# What is known of them holds for so many seconds: less than from one tick of a schedule to the next.
_FRESH_SECONDS: Final = 50
# So long after a change, every function knows of it and has ended what it began before, and indexes show that.
_KNOWN_SECONDS: Final = 180
# Reminders count open time that lies behind, so a closure outlives its day; by then nobody is reminded any more.
_KEPT_DAYS: Final = 366
_TRIES: Final = 8


class Closure(NamedTuple):
    """A date (ISO) on which the practice closes: until when it is open (`HH:MM`), who said so, and when (ISO 8601)."""

    day: str
    until: str
    by: str
    at: str


class Closures:
    """The closures in one table, and the opening hours that follow them.

    Args:
        table_name: The table.
        client: DynamoDB.
        hours: The opening hours of this process, which get every closure that is read.
    """

    def __init__(self, table_name: str, client: "DynamoDBClient", hours: OpeningHours) -> None:
        self._table = Table(table_name, client)
        self._hours = hours
        self._version = 0
        self._changed = 0
        self._settled = 0
        self._read_at: float | None = None

    def read(self, now: float) -> list[Closure]:
        """The closures as they are now, by date.

        Raises:
            StoreUnavailable: DynamoDB could not do it. What was known before holds on.
            ItemUnreadable: The item is none.
        """
        return self.take(self._table.get(KEY) or {}, now)

    def take(self, item: "Item", now: float) -> list[Closure]:
        """Let what an item says be known. Raises ItemUnreadable where it is none; what was known before holds on."""
        found, self._version, self._changed, self._settled = _read(item)
        self._hours.closures = {day_number(each.day): clock_seconds(each.until) for each in found}
        self.confirm(now)
        return found

    def confirm(self, now: float) -> None:
        """What is known was seen to hold at `now`, in seconds since the epoch."""
        self._read_at = now

    def is_fresh(self, now: float) -> bool:
        """Whether what is known holds at `now`."""
        return self._read_at is not None and 0 <= now - self._read_at < _FRESH_SECONDS

    def watched(self, now: float) -> Watched | None:
        """What a write that depends on the hours is to watch: nothing while what is known is fresh."""
        return None if self.is_fresh(now) else Watched(KEY, self._version)

    def refresh(self, now: float) -> None:
        """Look whether there are others, if what is known is not fresh; without the right to read the table.

        Raises:
            StoreUnavailable: DynamoDB could not do it. What was known before holds on.
            ItemUnreadable: There are others, and they cannot be read.
        """
        if watched := self.watched(now):
            changed = self._table.changed(watched)
            if changed:
                self.take(changed, now)
            else:
                self.confirm(now)

    def close(self, day: str, until: str, by: str, now: float) -> None:
        """Close a date, from `until` on (`HH:MM` on its clock). Raises StoreUnavailable and ItemUnreadable."""
        self._change(now, lambda days: {**days, day: Closure(day, until, by, timestamp(now))})

    def reopen(self, day: str, now: float) -> None:
        """Undo the closure of a date. Raises StoreUnavailable and ItemUnreadable."""
        self._change(now, lambda days: {each: closure for each, closure in days.items() if each != day})

    @property
    def is_settled(self) -> bool:
        """Whether the duties of all open enquiries follow from what was read last."""
        return self._settled == self._version

    def record_settled(self, now: float) -> None:
        """They do, of what was there at `now`; while somebody may not know of the last change, it is not for good."""
        if now - self._changed < _KNOWN_SECONDS:
            return
        settled = {"settled": attribute(self._version)}
        if self._table.update(KEY, "version = :version", settled, {":version": attribute(self._version)}):
            self._settled = self._version

    def _change(self, now: float, step: Callable[[Mapping[str, Closure]], Mapping[str, Closure]]) -> None:
        for _ in range(_TRIES):
            was = {each.day: each for each in self.read(now)}
            days = {day: each for day, each in step(was).items() if day_number(day) >= now // 86_400 - _KEPT_DAYS}
            if days == was:
                return
            condition, values = "attribute_not_exists(version)", None
            if self._version:
                condition, values = "version = :was", {":was": attribute(self._version)}
            written = {
                "days": _attribute_of(days),
                "version": attribute(self._version + 1),
                "changed": attribute(int(now)),
            }
            if item := self._table.update(KEY, condition, written, values):
                self.take(item, now)
                return
        raise StoreUnavailable("TooManyWriters")


def _read(item: "Item") -> tuple[list[Closure], int, int, int]:
    """The closures in an item, by date, its version, when that was made, and the version that is settled."""
    try:
        values = {name: value_of(each) for name, each in item.items() if name in _ATTRIBUTES}
        days = sorted(values.get("days", {}).items())
        found = [Closure(day, each["until"], each["by"], each["at"]) for day, each in days]
        for each in found:  # of their form, too
            day_number(each.day), clock_seconds(each.until)
        return found, int(values.get("version", 0)), int(values.get("changed", 0)), int(values.get("settled", 0))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ItemUnreadable("days") from None


def _attribute_of(days: Mapping[str, Closure]) -> Any:
    return attribute({day: {"until": each.until, "by": each.by, "at": each.at} for day, each in days.items()})
