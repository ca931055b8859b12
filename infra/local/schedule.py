"""EventBridge schedules: rules with a rate call their functions in real time, or at once when woken."""

import json
import re
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.cloud import Cloud, Resource
from infra.local.environment import FunctionError
from infra.local.template import REGION

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}


@dataclass(frozen=True)
class Target:
    """A function that a rule calls.

    Attributes:
        input: The event to send instead of EventBridge's own, JSON, or None.
    """

    function_arn: str
    input: str | None


@dataclass(frozen=True)
class Rule:
    """A scheduled rule.

    Attributes:
        period: Seconds between two calls, or None for a cron expression, which only :meth:`Schedule.wake` runs.
    """

    logical_id: str
    arn: str
    account_id: str
    period: float | None
    targets: tuple[Target, ...]


def rules(cloud: Cloud) -> list[Rule]:
    """The stack's scheduled rules that are turned on."""
    resources = cloud.resources("AWS::Events::Rule")
    return [
        _rule(resource, cloud.account_id)
        for resource in resources
        if "ScheduleExpression" in resource.properties and resource.properties.get("State") != "DISABLED"
    ]


def period(expression: str) -> float | None:
    """The seconds of a rate expression, or None if it is a cron expression."""
    rate = _RATE.fullmatch(expression)
    return float(int(rate[1]) * _SECONDS[rate[2]]) if rate else None


def event(rule: Rule, now: datetime) -> dict[str, Any]:
    """The event EventBridge sends for a scheduled rule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [rule.arn],
        "detail": {},
    }


class Schedule:
    """Runs the rules, each in a thread of its own.

    Args:
        rules: What to run.
        submit: Called with a function's ARN and an event.
    """

    def __init__(self, rules: Sequence[Rule], submit: Callable[[str, object], Future[object]]) -> None:
        self._rules = rules
        self._submit = submit
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(rule,), name=f"schedule-{rule.logical_id}", daemon=True)
            for rule in rules
            if rule.period is not None
        ]

    def start(self) -> None:
        """Begins; the first call comes after one period, as on AWS."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends, without waiting for functions."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wake(self) -> dict[str, str]:
        """Runs every rule now and waits.

        Returns:
            For each rule ``ok`` or the error of the function that failed.
        """
        calls = [(rule.logical_id, outcome) for rule in self._rules for outcome in self._fire(rule)]
        outcomes: dict[str, str] = {}
        for logical_id, outcome in calls:
            try:
                outcome.result()
                outcomes.setdefault(logical_id, "ok")
            except FunctionError as error:
                outcomes[logical_id] = str(error)
        return outcomes

    def _run(self, rule: Rule) -> None:
        while not self._stopping.wait(rule.period):
            self._fire(rule)  # a failure is in the function's log, and the next call comes by itself

    def _fire(self, rule: Rule) -> list[Future[object]]:
        default = event(rule, datetime.now(UTC))
        return [
            self._submit(target.function_arn, default if target.input is None else json.loads(target.input))
            for target in rule.targets
        ]


def _rule(resource: Resource, account_id: str) -> Rule:
    targets = resource.properties.get("Targets", [])
    return Rule(
        logical_id=resource.logical_id,
        arn=resource.model.arn,
        account_id=account_id,
        period=period(resource.properties["ScheduleExpression"]),
        targets=tuple(Target(target["Arn"], target.get("Input")) for target in targets),
    )
