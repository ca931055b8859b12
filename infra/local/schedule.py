"""What comes by the clock: EventBridge's scheduled rules, and EventBridge Scheduler's schedules in their time zones."""

import json
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from infra.local.bus import Bus, Rule, Send
from infra.local.cloud import Cloud, Resource
from infra.local.environment import FunctionError
from infra.local.errors import TemplateError

_EXPRESSION = re.compile(r"(rate|cron|at)\((.+)\)")
_RATE = re.compile(r"(\d+) (minute|hour|day)s?")
_YEARS = re.compile(r"\d{4}([-,]\d{4})*")
_LONGEST_SLEEP_SECONDS = 30.0  # a laptop that was closed does not sleep on for what was left of a day


@dataclass(frozen=True)
class Timetable:
    """When something is due.

    Args:
        expression: ``rate(5 minutes)``, ``cron(0 8 ? * MON-FRI *)`` or ``at(2026-12-24T08:00:00)``.
        zone: The time zone's name, in which ``cron`` and ``at`` are read.
    """

    expression: str
    zone: str = "UTC"

    def after(self, moment: datetime) -> datetime | None:
        """The first time after a moment, or None if there is no more.

        Raises:
            ValueError: The expression or the zone cannot be read.
        """
        parsed = _EXPRESSION.fullmatch(self.expression)
        if parsed is None:
            raise ValueError(f"{self.expression} is neither rate(...) nor cron(...) nor at(...)")
        match parsed.groups():
            case "rate", text if rate := _RATE.fullmatch(text):
                return moment + timedelta(**{f"{rate[2]}s": int(rate[1])})
            case "at", text:
                due = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone))
                return due if due > moment else None
            case "cron", text if len(text.split()) == 6:
                return _next(text.split(), moment.astimezone(ZoneInfo(self.zone)))
        raise ValueError(f"{self.expression} cannot be read")


@dataclass(frozen=True)
class Entry:
    """One thing that the clock sets off.

    Attributes:
        fire: Sets it off; gives the future results of the functions it calls.
    """

    logical_id: str
    timetable: Timetable
    fire: Callable[[], list[Future[object]]]


def entries(cloud: Cloud, rules: Sequence[Rule], bus: Bus, send: Send) -> list[Entry]:
    """Everything in the stack that the clock sets off.

    Raises:
        TemplateError: An expression cannot be read.
    """
    found = [
        Entry(rule.logical_id, Timetable(rule.schedule), lambda rule=rule: bus.fire(rule, _tick(bus, rule)))  # type: ignore[misc]
        for rule in rules
        if rule.schedule
    ]
    found += [
        _scheduled(resource, _arn(cloud, resource), bus, send)
        for resource in cloud.resources("AWS::Scheduler::Schedule")
        if resource.properties.get("State") != "DISABLED"
    ]
    for entry in found:
        try:
            entry.timetable.after(datetime.now(UTC))
        except (ValueError, KeyError, CronSimError) as error:
            raise TemplateError(f"{entry.logical_id}: {error}") from error
    return found


class Schedule:
    """Runs what is due, in a thread of its own.

    Args:
        entries: What to run.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)

    def start(self) -> None:
        """Begins; the first call of a rate comes after one period, as on AWS."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, without waiting for functions."""
        self._stopping.set()
        self._thread.join()

    def wake(self) -> dict[str, str]:
        """Runs everything now and waits.

        Returns:
            For each entry ``ok`` or the error of the function that failed.
        """
        calls = [(entry.logical_id, outcome) for entry in self._entries for outcome in entry.fire()]
        outcomes: dict[str, str] = {}
        for logical_id, outcome in calls:
            try:
                outcome.result()
                outcomes.setdefault(logical_id, "ok")
            except FunctionError as error:
                outcomes[logical_id] = str(error)
        return outcomes

    def _run(self) -> None:
        begun = datetime.now(UTC)
        due = {entry.logical_id: entry.timetable.after(begun) for entry in self._entries}
        while not self._stopping.wait(_seconds_until(due.values())):
            now = datetime.now(UTC)
            for entry in self._entries:
                moment = due[entry.logical_id]
                if moment is not None and moment <= now:
                    entry.fire()  # a failure is in the function's log, and the next call comes by itself
                    due[entry.logical_id] = entry.timetable.after(now)


def _seconds_until(moments: Iterable[datetime | None]) -> float:
    earliest = min((moment for moment in moments if moment is not None), default=None)
    if earliest is None:
        return _LONGEST_SLEEP_SECONDS
    return min(max((earliest - datetime.now(UTC)).total_seconds(), 0), _LONGEST_SLEEP_SECONDS)


def _tick(bus: Bus, rule: Rule) -> dict[str, object]:
    return bus.event("aws.events", "Scheduled Event", [rule.arn], {})


def _arn(cloud: Cloud, schedule: Resource) -> str:
    name = schedule.properties.get("Name", schedule.model.physical_resource_id)
    return cloud.arn("scheduler", f"schedule/{schedule.properties.get('GroupName', 'default')}/{name}")


def _scheduled(resource: Resource, arn: str, bus: Bus, send: Send) -> Entry:
    """A schedule of EventBridge Scheduler. Its start, end and flexible window are not looked at."""
    properties = resource.properties
    target = properties["Target"]

    def fire() -> list[Future[object]]:
        event = bus.event("aws.scheduler", "Scheduled Event", [arn], "{}")
        if "Input" not in target:
            return [send(target["Arn"], event)]
        known = {
            "schedule-arn": arn,
            "scheduled-time": event["time"],
            "execution-id": event["id"],
            "attempt-number": "1",
        }
        text = re.sub(r"<aws\.scheduler\.([a-z-]+)>", lambda name: known.get(name[1], name[0]), target["Input"])
        return [send(target["Arn"], json.loads(text))]

    zone = properties.get("ScheduleExpressionTimezone", "UTC")
    return Entry(resource.logical_id, Timetable(properties["ScheduleExpression"], zone), fire)


def _next(fields: list[str], moment: datetime) -> datetime | None:
    """The first time after a moment by AWS's cron fields: minutes, hours, day, month, day of the week, year.

    AWS counts the days of the week from Sunday as 1 and has a year; cron counts from 0 and has none.
    """
    *fields, weekdays, year = (field.replace("?", "*") for field in fields)
    weekdays = re.sub(r"(?<![#/\d])\d", lambda day: str(int(day[0]) - 1), "7" if weekdays == "L" else weekdays)
    years = _years(year)
    for found in CronSim(" ".join([*fields, weekdays]), moment):
        if years is None or found.year in years:
            return found
        if found.year > max(years):
            return None
    return None


def _years(field: str) -> set[int] | None:
    """The years of a field such as ``2026,2028-2030``, or None for every year."""
    if field == "*":
        return None
    if not _YEARS.fullmatch(field):
        raise ValueError(f"{field} is no year")
    ends = [part.split("-") for part in field.split(",")]
    return {year for part in ends for year in range(int(part[0]), int(part[-1]) + 1)}
