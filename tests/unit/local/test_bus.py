import json
from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.bus import Bus, Rule, matches, rules, shaped
from infra.local.cloud import Cloud, Resource
from infra.local.endpoint import AwsEndpoint
from infra.local.errors import TemplateError

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "e-1",
    "detail-type": "Email Bounced",
    "source": "aws.ses",
    "time": "2026-01-02T03:04:05Z",
    "detail": {
        "mail": {"messageId": "m-1", "tags": {"ses:configuration-set": ["set-1"]}, "subject": 'a "word"'},
        "count": 2,
    },
}
RULE = Rule("Bounces", "arn:aws:events:us-east-1:1:rule/bounces", None, None, ())


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["aws.ses"]}, True),
        ({"source": ["aws.s3"]}, False),
        ({"source": ["aws.ses"], "detail-type": [{"prefix": "Email "}]}, True),
        ({"detail": {"mail": {"tags": {"ses:configuration-set": ["set-1", "set-2"]}}}}, True),
        ({"detail": {"mail": {"tags": {"ses:configuration-set": ["set-2"]}}}}, False),
        ({"detail": {"count": [{"numeric": [">", 1]}]}}, True),
        ({"detail": {"bounce": [{"exists": False}]}}, True),
        ({"$or": [{"source": ["aws.s3"]}, {"detail": {"count": [2]}}]}, True),
    ],
)
def test_an_event_matches_a_pattern(pattern: object, expected: bool) -> None:
    assert matches(json.dumps(pattern), EVENT) is expected


PATHS = {
    "id": "$.detail.mail.messageId",
    "subject": "$.detail.mail.subject",
    "tags": "$.detail.mail.tags",
    "no": "$.no",
}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, EVENT),
        ({"Input": '{"a": [1]}'}, {"a": [1]}),
        ({"InputPath": "$.detail.mail.messageId"}, "m-1"),
        ({"InputPath": "$.detail.mail.tags['ses:configuration-set'][0]"}, "set-1"),
        (
            '{"id": <id>, "tags": <tags>, "none": <no>}',
            {"id": "m-1", "tags": EVENT["detail"]["mail"]["tags"], "none": None},
        ),
        ('"<id>: <subject><no>, <tags>"', 'm-1: a "word", {"ses:configuration-set": ["set-1"]}'),
        ('{"<id>": "a < b, c > d"}', {"m-1": "a < b, c > d"}),
        ('{"all": <aws.events.event>, "rule": "<aws.events.rule-name>"}', {"all": EVENT, "rule": "bounces"}),
    ],
)
def test_a_target_is_given_what_it_asks_for(target: dict[str, Any] | str, expected: object) -> None:
    if isinstance(target, str):
        target = {"InputTransformer": {"InputPathsMap": PATHS, "InputTemplate": target}}

    assert shaped(target, RULE, EVENT) == expected


class Sent(list[tuple[str, Any]]):
    def __call__(self, arn: str, content: object) -> Future[object]:
        self.append((arn, content))
        return Future()


def test_an_event_goes_to_every_target_of_every_rule_that_it_matches() -> None:
    sent = Sent()
    pattern = json.dumps({"source": ["aws.ses"]})
    four = [
        Rule("One", "arn:1", pattern, None, ({"Arn": "arn:a"}, {"Arn": "arn:b", "Input": "1"})),
        Rule("Broken", "arn:2", pattern, None, ({"Arn": "arn:c", "InputTransformer": {"InputTemplate": "{"}},)),
        Rule("Clock", "arn:3", None, "rate(1 day)", ({"Arn": "arn:d"},)),
        Rule("Other", "arn:4", json.dumps({"source": ["mine"]}), None, ({"Arn": "arn:e", "InputPath": "$.detail"},)),
    ]
    bus = Bus(four, sent)

    bus.publish(EVENT)
    entries = [
        {"Source": "mine", "DetailType": "Made", "Detail": '{"x": 1}'},
        {"EventBusName": "another", "Detail": "{}"},
    ]
    bus.put_events(json.dumps({"Entries": entries}).encode())

    assert sent == [("arn:a", EVENT), ("arn:b", 1), ("arn:e", {"x": 1})]


def test_an_event_of_the_clock_is_eventbridges() -> None:
    event = Bus([], Sent()).event("aws.events", "Scheduled Event", ["arn:rule"], {})

    assert event | {"id": "", "time": ""} == {
        "version": "0",
        "id": "",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "",
        "region": "us-east-1",
        "resources": ["arn:rule"],
        "detail": {},
    }


def test_a_rule_whose_target_cannot_be_reached_here_stops_the_start_and_is_named() -> None:
    class Account(Cloud):
        def resources(self, resource_type: str | None = None) -> Iterator[Resource]:
            target = {"Id": "t", "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:m"}
            properties = {"EventPattern": {"source": ["mine"]}, "Targets": [target]}
            yield Resource("Steps", "AWS::Events::Rule", properties, SimpleNamespace(arn="arn:rule"))

    with pytest.raises(TemplateError, match="Steps"):
        rules(Account(AwsEndpoint()))
