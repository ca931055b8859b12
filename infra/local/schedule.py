"""What comes by the clock: EventBridge's scheduled rules, and EventBridge Scheduler's schedules in their time zones."""

import json
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from infra.local.bus import Bus, Rule
from infra.local.cloud import Cloud, Resource
from infra.local.errors import FunctionError, TemplateError
from infra.local.template import arn as aws_arn

_EXPRESSION = re.compile(r"(rate|cron|at)\((.+)\)")
_RATE = re.compile(r"(\d+) (minute|hour|day)s?")
# A function may wait for something that was made to fail.
_LONGEST_WAIT_SECONDS = 30.0
_LONGEST_SLEEP = timedelta(seconds=30)  # a laptop that was closed does not sleep on for what was left of a day


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
        match parsed.groups() if parsed else ():
            case "rate", text if rate := _RATE.fullmatch(text):
                return moment + timedelta(**{f"{rate[2]}s": int(rate[1])})
            case "at", text:
                due = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone))
                return due if due > moment else None
            case "cron", text if text.endswith(" *"):
                return next(CronSim(_cron(text), moment.astimezone(ZoneInfo(self.zone))), None)
        raise ValueError(f"{self.expression} cannot be read: only rate(...), at(...) and cron(... *), for every year")


def _cron(fields: str) -> str:
    """AWS's cron fields as cron has them: without the year, and days of the week from 0, which AWS counts from 1."""
    *others, weekdays, _ = fields.replace("?", "*").split()
    weekdays = re.sub(r"(?<![#/\d])\d", lambda day: str(int(day[0]) - 1), "7" if weekdays == "L" else weekdays)
    return " ".join([*others, weekdays])


@dataclass(frozen=True)
class Entry:
    """One thing that the clock sets off; `fire` does, and gives the future results of the functions it calls."""

    logical_id: str
    timetable: Timetable
    fire: Callable[[], list[Future[object]]]


def entries(cloud: Cloud, bus: Bus) -> list[Entry]:
    """Everything in the stack that the clock sets off.

    Raises:
        TemplateError: An expression cannot be read.
    """
    found = [_rule(rule, rule.schedule, bus) for rule in bus.rules if rule.schedule]
    found += [
        _schedule(resource, bus)
        for resource in cloud.resources("AWS::Scheduler::Schedule")
        if resource.properties.get("State") != "DISABLED"
    ]
    for entry in found:
        try:
            entry.timetable.after(datetime.now(UTC))
        except (ValueError, KeyError, CronSimError) as error:
            raise TemplateError(f"{entry.logical_id}: {error}") from error
    return found


def _rule(rule: Rule, expression: str, bus: Bus) -> Entry:
    def fire() -> list[Future[object]]:
        return bus.fire(rule, bus.event("aws.events", "Scheduled Event", [rule.arn], {}))

    return Entry(rule.logical_id, Timetable(expression), fire)


def _schedule(resource: Resource, bus: Bus) -> Entry:
    """A schedule of EventBridge Scheduler. Its start, end and flexible window are not looked at."""
    properties, target = resource.properties, resource.properties["Target"]
    name = properties.get("Name", resource.model.physical_resource_id)
    arn = aws_arn("scheduler", f"schedule/{properties.get('GroupName', 'default')}/{name}")

    def fire() -> list[Future[object]]:
        event = bus.event("aws.scheduler", "Scheduled Event", [arn], "{}")
        known = {
            "schedule-arn": arn,
            "scheduled-time": event["time"],
            "execution-id": event["id"],
            "attempt-number": "1",
        }
        text = target.get("Input", json.dumps(event))
        text = re.sub(r"<aws\.scheduler\.([a-z-]+)>", lambda name: known.get(name[1], name[0]), text)
        return [bus.send(target["Arn"], json.loads(text))]

    zone = properties.get("ScheduleExpressionTimezone", "UTC")
    return Entry(resource.logical_id, Timetable(properties["ScheduleExpression"], zone), fire)


class Schedule(threading.Thread):
    """Runs what is due, in a thread of its own; the first call of a rate comes after one period, as on AWS."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(name="schedule", daemon=True)
        self._entries = entries
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ends, without waiting for functions."""
        self._stopping.set()
        self.join()

    def wake(self) -> dict[str, str]:
        """Runs everything now and waits half a minute; for each entry, ``ok``, ``running`` or the function's error."""
        calls = [(entry.logical_id, outcome) for entry in self._entries for outcome in entry.fire()]
        outcomes: dict[str, str] = {}
        wait([outcome for _, outcome in calls], _LONGEST_WAIT_SECONDS)
        for logical_id, outcome in calls:
            try:
                outcome.result(0)
                outcomes.setdefault(logical_id, "ok")
            except TimeoutError:
                outcomes[logical_id] = "running"
            except FunctionError as error:
                outcomes[logical_id] = str(error)
        return outcomes

    def run(self) -> None:
        """What the thread does."""
        now = datetime.now(UTC)
        due = [(entry, entry.timetable.after(now)) for entry in self._entries]
        while not self._stopping.wait(_seconds_until([moment for _, moment in due if moment])):
            now = datetime.now(UTC)
            for position, (entry, moment) in enumerate(due):
                if moment and moment <= now:
                    entry.fire()  # a failure is in the function's log, and the next call comes by itself
                    due[position] = entry, entry.timetable.after(now)


def _seconds_until(moments: Sequence[datetime]) -> float:
    now = datetime.now(UTC)
    return max((min([*moments, now + _LONGEST_SLEEP]) - now).total_seconds(), 0)
