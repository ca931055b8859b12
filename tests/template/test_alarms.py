"""Alarms that can fire: each watches a metric that somebody publishes, under dimensions that it is published with."""

import ast
import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.build.imports import reachable
from infra.build.package import PACKAGES
from infra.local.cloud import STACK_NAME
from tests.conftest import ROOT
from tests.template.deployed import Deployed, Resource

# AWS's own metrics: namespace and name; dimension, and the type of resource that its value names. From the "metrics and
# dimensions" page of each service's guide: API Gateway "Working with metrics for HTTP APIs", Lambda "Types of metrics",
# SQS "Available CloudWatch metrics", SES "Creating a CloudWatch event destination".
PUBLISHED_BY_AWS = {
    ("AWS/ApiGateway", "5xx"): {"ApiId": "AWS::ApiGatewayV2::Api"},
    ("AWS/Lambda", "Errors"): {"FunctionName": "AWS::Lambda::Function"},
    ("AWS/Lambda", "Invocations"): {"FunctionName": "AWS::Lambda::Function"},
    ("AWS/SES", "Bounce"): {"ses:configuration-set": "AWS::SES::ConfigurationSet"},
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName": "AWS::SQS::Queue"},
}
# Each stack counts into a namespace of its own, so that one stage does not set off the alarms of another.
OURS = STACK_NAME

# They count refused alerts: that none is refused for a minute does not mean that they got through.
UNMENDED_BY_SILENCE = {"AlertNeedsHumanAlarm", "AlertBouncedAlarm"}
ALARMS = [
    name
    for name, resource in yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
]


def dimensions(alarm: Resource) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in alarm.properties.get("Dimensions", [])}


def counted_by(logical_id: str) -> set[str]:
    """The metrics that a function counts: the first argument of every `count(...)` in the modules it leads to."""
    calls = [
        node
        for path in reachable(PACKAGES[logical_id].handler_module, ROOT).values()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "count"
    ]
    return {str(name.value) for call in calls if isinstance(name := call.args[0], ast.Constant)}


@pytest.mark.parametrize("alarm", ALARMS)
def test_metric_is_published_with_these_dimensions(deployed: Deployed, alarm: str) -> None:
    watched = deployed[alarm]
    metric = (watched.properties["Namespace"], watched.properties["MetricName"])

    if metric[0] == OURS:
        publishers = {
            function.properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
            for function in deployed.functions
            if metric[1] in counted_by(function.logical_id)
        }
        assert dimensions(watched).keys() == {"service"}
        assert dimensions(watched)["service"] in publishers
    else:
        named = {
            key: [each.name.rpartition("/")[2] for each in deployed.of_type(kind)]
            for key, kind in PUBLISHED_BY_AWS[metric].items()
        }
        assert dimensions(watched).keys() == named.keys()
        assert all(value in named[key] for key, value in dimensions(watched).items())


def test_metrics_of_ours_go_to_the_namespace_that_the_alarms_watch(deployed: Deployed) -> None:
    environments = [each.properties.get("Environment", {}).get("Variables", {}) for each in deployed.functions]

    assert {each.get("POWERTOOLS_METRICS_NAMESPACE", OURS) for each in environments} == {OURS}


def test_bounces_are_published_under_the_dimension_that_is_watched(deployed: Deployed) -> None:
    (destination,) = deployed.of_type("AWS::SES::ConfigurationSetEventDestination")
    event = destination.properties["EventDestination"]

    assert event["Enabled"] is True
    assert "BOUNCE" in event["MatchingEventTypes"]
    assert [each["DimensionName"] for each in event["CloudWatchDestination"]["DimensionConfigurations"]] == list(
        dimensions(deployed["AlertBouncedAlarm"])
    )


@pytest.mark.parametrize("alarm", ALARMS)
def test_somebody_is_told(deployed: Deployed, alarm: str) -> None:
    (topic,) = deployed.of_type("AWS::SNS::Topic")
    watched = deployed[alarm].properties

    assert watched["AlarmActions"] == [topic.name]
    assert watched.get("OKActions", []) == ([] if alarm in UNMENDED_BY_SILENCE else [topic.name])
    assert topic.properties["Subscription"] == [{"Protocol": "email", "Endpoint": "ops@example.com"}]


@pytest.mark.parametrize("alarm", ALARMS)
def test_silence_is_no_alarm_unless_silence_is_what_it_watches(deployed: Deployed, alarm: str) -> None:
    watched: Any = deployed[alarm].properties
    is_about_silence = watched["ComparisonOperator"].startswith("LessThan")

    assert watched["TreatMissingData"] == ("breaching" if is_about_silence else "notBreaching")


@pytest.mark.parametrize("alarm", ALARMS)
def test_its_mail_leads_to_what_to_do(deployed: Deployed, alarm: str) -> None:
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE)

    assert alarm in headings
    assert deployed[alarm].properties["AlarmDescription"].endswith(f"See docs/operations.md#{alarm.lower()}")
