"""Alarms that can fire: each watches a metric that somebody publishes, under dimensions that it is published with."""

import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.local.cloud import STACK_NAME
from tests.conftest import ROOT
from tests.metrics import counted_by, counted_by_ses
from tests.template.deployed import Deployed, Resource

# AWS's own metrics: namespace and name; dimension, and the type of resource that its value names. From the "metrics and
# dimensions" page of each service's guide: API Gateway "Working with metrics for HTTP APIs", EventBridge "Monitoring
# Amazon EventBridge", Lambda "Types of metrics", SQS "Available CloudWatch metrics", SES "Creating a CloudWatch event
# destination".
PUBLISHED_BY_AWS = {
    ("AWS/ApiGateway", "5xx"): {"ApiId": "AWS::ApiGatewayV2::Api"},
    ("AWS/Events", "FailedInvocations"): {"RuleName": "AWS::Events::Rule"},
    ("AWS/Lambda", "Errors"): {"FunctionName": "AWS::Lambda::Function"},
    ("AWS/SES", "Bounce"): {"ses:configuration-set": "AWS::SES::ConfigurationSet"},
    ("AWS/SES", "Complaint"): {"ses:configuration-set": "AWS::SES::ConfigurationSet"},
    ("AWS/SES", "Reject"): {"ses:configuration-set": "AWS::SES::ConfigurationSet"},
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName": "AWS::SQS::Queue"},
}
# Each stack counts into a namespace of its own, so that one stage does not set off the alarms of another.
OURS = STACK_NAME

# They count alerts that did not get through: that no other one failed for a while does not mean that they did.
UNMENDED_BY_SILENCE = {
    "AlertBouncedAlarm",
    "AlertComplaintAlarm",
    "AlertNeedsHumanAlarm",
    "AlertRejectedAlarm",
    "AlertUnprovenAlarm",
    "AlertWithoutLinkAlarm",
    "EnquiryUnansweredAlarm",
    "HeartbeatAlarm",
    "LeadRepairedAlarm",
    "MailBudgetSpentAlarm",
    "ProofMissingAlarm",
    "ReminderAlarm",
    "SecondChannelAlarm",
}
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
ALARMS = [
    name
    for name, resource in yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
]


def dimensions(alarm: Resource) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in alarm.properties.get("Dimensions", [])}


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


def test_every_metric_that_is_paid_for_is_read_by_an_alarm(deployed: Deployed) -> None:
    read = {(each["Namespace"], each["MetricName"]) for each in (deployed[alarm].properties for alarm in ALARMS)}
    ours = {(OURS, metric) for function in deployed.functions for metric in counted_by(function.logical_id)}
    of_ses = {("AWS/SES", event.capitalize()) for event in counted_by_ses()}

    assert ours | of_ses == {metric for metric in read if metric[0] in (OURS, "AWS/SES")}
    # Reputation metrics are counted too where they are asked for, and no alarm reads them.
    assert "ReputationOptions" not in deployed["AlertConfigurationSet"].properties


def test_what_becomes_of_a_mail_is_published_under_the_dimension_that_is_watched(deployed: Deployed) -> None:
    event = deployed["AlertMailMetrics"].properties["EventDestination"]

    assert event["Enabled"] is True
    for alarm in ("AlertBouncedAlarm", "AlertComplaintAlarm", "AlertRejectedAlarm"):
        assert [each["DimensionName"] for each in event["CloudWatchDestination"]["DimensionConfigurations"]] == list(
            dimensions(deployed[alarm])
        )


def test_nobodys_alerts_are_suppressed(deployed: Deployed) -> None:
    # Left out, or null, it would be the account's list that counts.
    assert deployed["AlertConfigurationSet"].properties["SuppressionOptions"] == {"SuppressedReasons": []}


@pytest.mark.parametrize("alarm", ALARMS)
def test_somebody_is_told(deployed: Deployed, alarm: str) -> None:
    (topic,) = deployed.of_type("AWS::SNS::Topic")
    watched = deployed[alarm].properties

    assert watched["AlarmActions"] == [topic.name]
    assert watched.get("OKActions", []) == ([] if alarm in UNMENDED_BY_SILENCE else [topic.name])
    assert topic.properties["Subscription"] == [{"Protocol": "email", "Endpoint": "ops@example.com"}]


def test_the_document_names_those_that_do_not_tell_when_they_are_over() -> None:
    (named,) = re.findall(r"These mail only when they fire(.+?)\n\n", OPERATIONS, re.DOTALL)

    assert set(re.findall(r"`(\w+Alarm)`", named)) == UNMENDED_BY_SILENCE


def test_the_document_names_no_alarm_that_there_is_not() -> None:
    assert set(re.findall(r"`(\w+Alarm)`", OPERATIONS)) <= set(ALARMS)


@pytest.mark.parametrize("alarm", ALARMS)
def test_silence_is_no_alarm_unless_silence_is_what_it_watches(deployed: Deployed, alarm: str) -> None:
    watched: Any = deployed[alarm].properties
    is_about_silence = watched["ComparisonOperator"].startswith("LessThan")

    assert watched["TreatMissingData"] == ("breaching" if is_about_silence else "notBreaching")


@pytest.mark.parametrize("alarm", ALARMS)
def test_its_mail_leads_to_what_to_do(deployed: Deployed, alarm: str) -> None:
    headings = re.findall(r"^#+ (.+)$", OPERATIONS, re.MULTILINE)

    assert alarm in headings
    assert deployed[alarm].properties["AlarmDescription"].endswith(f"See docs/operations.md#{alarm.lower()}")


@pytest.mark.parametrize("alarm", ALARMS)
def test_it_looks_back_no_further_than_cloudwatch_lets_it(deployed: Deployed, alarm: str) -> None:
    # CloudWatch API Reference, PutMetricAlarm, Period: a day, and with periods of an hour or more a week.
    watched: Any = deployed[alarm].properties

    assert watched["Period"] * watched["EvaluationPeriods"] <= (604_800 if watched["Period"] >= 3600 else 86_400)
