"""EventBridge's default bus: which rules an event matches, and what each of their targets is given."""

import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from infra.local.cloud import Cloud
from infra.local.errors import TemplateError
from infra.local.template import REGION

_log = logging.getLogger(__name__)

Event = dict[str, Any]
Send = Callable[[str, object], Future[object]]
"""Called with the ARN of a function, queue or topic and what to give it; gives the function's future result."""

# In a template: a text in quotes, or a variable that stands for a value.
_TEXT_OR_VARIABLE = re.compile(r'"(?:[^"\\]|\\.)*"|<[\w.-]+>')
_VARIABLE = re.compile(r"<([\w.-]+)>")


@dataclass(frozen=True)
class Rule:
    """A rule that is turned on.

    Attributes:
        pattern: The event pattern as JSON, or None for one that only a schedule sets off.
        schedule: The schedule expression, or None.
        targets: As in the template.
    """

    logical_id: str
    arn: str
    pattern: str | None
    schedule: str | None
    targets: tuple[Mapping[str, Any], ...]


def rules(cloud: Cloud) -> list[Rule]:
    """The stack's rules that are turned on.

    Raises:
        TemplateError: A target is neither a function nor a queue nor a topic.
    """
    found = [
        Rule(
            logical_id=resource.logical_id,
            arn=resource.model.arn,
            pattern=json.dumps(pattern) if (pattern := resource.properties.get("EventPattern")) else None,
            schedule=resource.properties.get("ScheduleExpression"),
            targets=tuple(resource.properties.get("Targets", ())),
        )
        for resource in cloud.resources("AWS::Events::Rule")
        if resource.properties.get("State") != "DISABLED"
    ]
    for rule in found:
        for target in rule.targets:
            if target["Arn"].split(":")[2] not in ("lambda", "sqs", "sns"):
                raise TemplateError(f"{rule.logical_id}: {target['Arn']} cannot be reached on this machine.")
    return found


def matches(pattern: str, event: Event) -> bool:
    """Whether an event is as an event pattern describes; patterns are JSON."""
    from moto.events.models import EventPattern

    return bool(EventPattern.load(pattern).matches_event(event))  # type: ignore[arg-type]  # any event, not just a bus's


class Bus:
    """Hands events to the targets of the rules that they match.

    Args:
        rules: The bus's rules.
        account_id: The account's id.
        send: How targets are reached.
    """

    def __init__(self, rules: Sequence[Rule], account_id: str, send: Send) -> None:
        self._rules = rules
        self._account_id = account_id
        self._send = send

    def event(self, source: str, kind: str, resources: Sequence[str], detail: object) -> Event:
        """An event as the bus carries it, with this moment as its time.

        Args:
            source: Such as ``aws.ses``.
            kind: The event's ``detail-type``.
            resources: ARNs.
            detail: What happened.
        """
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": kind,
            "source": source,
            "account": self._account_id,
            "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "region": REGION,
            "resources": list(resources),
            "detail": detail,
        }

    def publish(self, event: Event) -> None:
        """Hands an event on, without waiting for what comes of it."""
        for rule in self._rules:
            if rule.pattern is not None and matches(rule.pattern, event):
                try:
                    self.fire(rule, event)
                except ValueError:  # whoever published it is not to blame
                    _log.exception("%s makes no JSON of an event", rule.logical_id)

    def fire(self, rule: Rule, event: Event) -> list[Future[object]]:
        """Gives a rule's targets an event, each in its own form."""
        return [self._send(target["Arn"], shaped(target, rule, event)) for target in rule.targets]

    def put_events(self, request: bytes) -> None:
        """Publishes what a ``PutEvents`` request to the default bus brings."""
        for entry in json.loads(request)["Entries"]:
            if entry.get("EventBusName", "default").rpartition("/")[2] == "default":
                detail = json.loads(entry["Detail"])
                self.publish(self.event(entry["Source"], entry["DetailType"], entry.get("Resources", []), detail))


def shaped(target: Mapping[str, Any], rule: Rule, event: Event) -> object:
    """What a target is given: a constant, a part of the event, a text made of parts, or the event itself."""
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputPath" in target:
        return _part(event, target["InputPath"])
    if transformer := target.get("InputTransformer"):
        return _filled(transformer["InputTemplate"], _variables(transformer.get("InputPathsMap", {}), rule, event))
    return event


def _variables(paths: Mapping[str, str], rule: Rule, event: Event) -> dict[str, Any]:
    """Those of an input transformer, and EventBridge's own."""
    return {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": event,
        "aws.events.event.json": event,
        **{name: _part(event, path) for name, path in paths.items()},
    }


def _filled(template: str, variables: Mapping[str, Any]) -> object:
    """The template's JSON. Within quotes a variable becomes text, outside a value; one that found nothing is null."""

    def value(found: re.Match[str]) -> str:
        if not found[0].startswith('"'):
            return json.dumps(variables.get(found[0][1:-1]))
        return _VARIABLE.sub(lambda name: json.dumps(_text(variables.get(name[1])))[1:-1], found[0])

    return json.loads(_TEXT_OR_VARIABLE.sub(value, template))


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _part(event: Event, path: str) -> Any:
    """What a JSON path finds first, or None."""
    return next((found.value for found in _parsed(path).find(event)), None)


@cache
def _parsed(path: str) -> Any:
    from jsonpath_ng.parser import parse

    return parse(path)
