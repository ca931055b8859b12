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
from infra.local.template import ACCOUNT_ID, REGION

_log = logging.getLogger(__name__)

Event = dict[str, Any]
Submit = Callable[[str, object], Future[object]]
"""Called with the name or ARN of a function, or the ARN of a queue or topic, and what to give it; gives the future
result."""

# In a template: a text in quotes, or a variable that stands for a value.
_TEXT_OR_VARIABLE = re.compile(r'"(?:[^"\\]|\\.)*"|<[\w.-]+>')
_VARIABLE = re.compile(r"<([\w.-]+)>")


@dataclass(frozen=True)
class Rule:
    """A rule that is turned on: event pattern as JSON, schedule expression, and targets as in the template."""

    logical_id: str
    arn: str
    pattern: str | None
    schedule: str | None
    targets: Sequence[Mapping[str, Any]]


def rules(cloud: Cloud) -> list[Rule]:
    """The stack's rules that are turned on.

    Raises:
        TemplateError: A target is neither a function nor a queue nor a topic.
    """
    found = []
    for resource in cloud.resources("AWS::Events::Rule"):
        properties = resource.properties
        if properties.get("State") == "DISABLED":
            continue
        targets = properties.get("Targets", ())
        for target in targets:
            if target["Arn"].split(":")[2] not in ("lambda", "sqs", "sns"):
                raise TemplateError(f"{resource.logical_id}: {target['Arn']} cannot be reached on this machine.")
        pattern = json.dumps(properties["EventPattern"]) if "EventPattern" in properties else None
        schedule = properties.get("ScheduleExpression")
        found.append(Rule(resource.logical_id, resource.model.arn, pattern, schedule, targets))
    return found


def matches(pattern: str, event: Event) -> bool:
    """Whether an event is as an event pattern describes; patterns are JSON."""
    from moto.events.models import EventPattern

    return bool(EventPattern.load(pattern).matches_event(event))  # type: ignore[arg-type]  # any event, not just a bus's


def timestamp(moment: datetime) -> str:
    """A UTC time as events write it, with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Bus:
    """Hands events to the targets of the rules that they match."""

    rules: Sequence[Rule]
    send: Submit

    def event(self, source: str, kind: str, resources: Sequence[str], detail: object) -> Event:
        """An event as the bus carries it, with this moment as its time; `kind` is its ``detail-type``."""
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": kind,
            "source": source,
            "account": ACCOUNT_ID,
            "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "region": REGION,
            "resources": list(resources),
            "detail": detail,
        }

    def publish(self, event: Event) -> None:
        """Hands an event on, without waiting for what comes of it."""
        for rule in self.rules:
            if rule.pattern is not None and matches(rule.pattern, event):
                try:
                    self.fire(rule, event)
                except ValueError:  # whoever published it is not to blame
                    _log.exception("%s makes no JSON of an event", rule.logical_id)

    def fire(self, rule: Rule, event: Event) -> list[Future[object]]:
        """Gives a rule's targets an event, each in its own form; the future results of those that are functions."""
        return [self.send(target["Arn"], shaped(target, rule, event)) for target in rule.targets]

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
    if "InputTransformer" not in target:
        return event
    variables = {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": event,
        "aws.events.event.json": event,
    }
    for name, path in target["InputTransformer"].get("InputPathsMap", {}).items():
        variables[name] = _part(event, path)
    return _filled(target["InputTransformer"]["InputTemplate"], variables)


def _filled(template: str, variables: Mapping[str, Any]) -> object:
    """The template's JSON. Within quotes a variable becomes text, outside a value; one that found nothing is null."""

    def text(name: re.Match[str]) -> str:
        value = variables.get(name[1])
        shown = value if isinstance(value, str) else "" if value is None else json.dumps(value)
        return json.dumps(shown)[1:-1]

    def value(found: re.Match[str]) -> str:
        is_text = found[0].startswith('"')
        return _VARIABLE.sub(text, found[0]) if is_text else json.dumps(variables.get(found[0][1:-1]))

    return json.loads(_TEXT_OR_VARIABLE.sub(value, template))


def _part(event: Event, path: str) -> Any:
    """What a JSON path finds first, or None."""
    return next((found.value for found in _parsed(path).find(event)), None)


@cache  # parsing takes longer than all the rest
def _parsed(path: str) -> Any:
    from jsonpath_ng.parser import parse

    return parse(path)
