"""Leads outlive mistakes: the table, its stream, and everything that keeps data."""

import re
from dataclasses import fields
from typing import Any

import boto3
import pytest
from samtranslator.yaml_helper import yaml_parse

from functions.canary import canary, site
from infra.build.package import PACKAGES
from infra.local.bus import matches
from shared import store
from shared.items import DUE_INDEX
from shared.keys import key_set
from shared.lead import Lead
from shared.retries import ALERT_LEASE_SECONDS
from tests.conftest import ROOT
from tests.template.deployed import Deployed, deploy


@pytest.fixture
def table(deployed: Deployed) -> Any:
    return deployed["LeadTable"].properties


@pytest.fixture
def stream(deployed: Deployed) -> Any:
    return deployed["NotifyFunctionNewLead"].properties


def test_table_can_be_restored_and_is_encrypted(table: Any) -> None:
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["SSESpecification"]["SSEEnabled"] is True


@pytest.mark.parametrize("logical_id", ["LeadTable", "Erasures", "Keys", "SenderIdentity", "RecipientIdentity"])
def test_what_others_depend_on_stays_when_the_stack_is_deleted_but_not_after_a_first_deployment_that_failed(
    logical_id: str,
) -> None:
    resource = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"][logical_id]

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_keys_are_never_made_anew() -> None:
    # CloudFormation makes a new value whenever anything of this changes, and with it every link and digest void.
    keys = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"]["Keys"]["Properties"]

    assert keys["GenerateSecretString"] == {
        "SecretStringTemplate": "{}",
        "GenerateStringKey": "person",
        "PasswordLength": 64,
        "ExcludePunctuation": True,
    }
    # Another name would be another secret.
    assert keys.keys() == {"Description", "GenerateSecretString"}


def test_a_first_deployment_makes_keys_that_can_be_used() -> None:
    with deploy() as stack:
        secret = boto3.client("secretsmanager").get_secret_value(SecretId=stack["Keys"].name)["SecretString"]

    assert re.fullmatch(r"[A-Za-z0-9]{64}", key_set(secret).person.decode())
    assert len(key_set(secret).links) == 1


def test_only_production_protects_its_table_from_deletion(deployed: Deployed, production: Deployed) -> None:
    assert deployed["LeadTable"].properties["DeletionProtectionEnabled"] is False
    assert production["LeadTable"].properties["DeletionProtectionEnabled"] is True


def test_leads_expire_by_an_attribute_that_every_lead_has(table: Any) -> None:
    expiry = table["TimeToLiveSpecification"]

    assert expiry["Enabled"] is True
    assert expiry["AttributeName"] in {field.name for field in fields(Lead)}


def test_keys_are_those_that_the_store_builds(table: Any) -> None:
    keys = {each["AttributeName"] for each in table["KeySchema"]}

    assert keys == set(store.key("any"))


def test_indexes_are_those_that_the_stores_ask(table: Any) -> None:
    keys = {
        index["IndexName"]: [each["AttributeName"] for each in index["KeySchema"]]
        for index in table["GlobalSecondaryIndexes"]
    }

    assert keys == {DUE_INDEX: ["queue", "next_at"], store.ALERTS_OWED_INDEX: ["alert_owed", "alert_next_at"]}


def test_a_bad_record_holds_up_no_other(stream: Any) -> None:
    # By default a failing batch blocks the stream until its records are a day old and gone.
    assert 1 <= stream["MaximumRetryAttempts"] <= 10
    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_records_given_up_are_kept_for_a_person(deployed: Deployed, stream: Any) -> None:
    queue = deployed["NotifyDeadLetters"]

    destination = stream["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination.rpartition(":")[2] == queue.name.rpartition("/")[2]
    assert queue.properties["MessageRetentionPeriod"] == 14 * 24 * 3600  # the longest that SQS keeps one


@pytest.mark.parametrize(
    ("pk", "sk", "wakes"),
    [
        ("LEAD#1", "LEAD", True),
        ("SIGNIN#1", "SIGNIN", True),
        ("MAIL#test-1", "MAIL", True),
        ("MAIL#alert-1-1", "MAIL", False),
        ("MAIL#digest-2026-W49-1", "MAIL", False),
        ("BUDGET#2026-11-25", "BUDGET", False),
        ("MONTH#2026-11", "2026-11-25T16:00:00.000Z#1", False),
        ("PRACTICE", "CLOSURES", False),
        ("CANARY", "LEAD#1", False),
    ],
)
def test_stream_wakes_notify_for_what_it_sends_at_once(stream: Any, pk: str, sk: str, wakes: bool) -> None:
    patterns = [each["Pattern"] for each in stream["FilterCriteria"]["Filters"]]

    def wakes_for(event: str) -> bool:
        record = {"eventName": event, "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}}
        return any(matches(pattern, record) for pattern in patterns)

    assert wakes_for("INSERT") == wakes
    assert not wakes_for("MODIFY")
    assert not wakes_for("REMOVE")


def test_claim_outlasts_the_function_that_holds_it(deployed: Deployed) -> None:
    # Otherwise a second function would send the mail that the first is still sending.
    assert deployed["NotifyFunction"].properties["Timeout"] < ALERT_LEASE_SECONDS


def test_the_canary_outlasts_what_it_waits_for_and_is_over_before_another_cleans_up(deployed: Deployed) -> None:
    timeout = deployed["CanaryFunction"].properties["Timeout"]

    assert 2 * site._SECONDS + canary._PATIENCE + 60 < timeout < canary._OVER


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_every_function_logs_to_a_group_of_the_template(deployed: Deployed, logical_id: str) -> None:
    groups = {group.name for group in deployed.of_type("AWS::Logs::LogGroup")}

    assert deployed[logical_id].properties["LoggingConfig"]["LogGroup"] in groups


def test_logs_expire(deployed: Deployed) -> None:
    retentions = {group.properties.get("RetentionInDays") for group in deployed.of_type("AWS::Logs::LogGroup")}

    assert retentions == {30}


def test_queue_is_encrypted(deployed: Deployed) -> None:
    assert all(queue.properties["SqsManagedSseEnabled"] for queue in deployed.of_type("AWS::SQS::Queue"))


def test_nobody_elses_page_may_read_an_answer(deployed: Deployed) -> None:
    (api,) = deployed.of_type("AWS::ApiGatewayV2::Api")

    assert "CorsConfiguration" not in api.properties
    assert "x-amazon-apigateway-cors" not in api.properties["Body"]


def test_api_is_throttled(deployed: Deployed) -> None:
    (stage,) = deployed.of_type("AWS::ApiGatewayV2::Stage")

    assert stage.properties["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage.properties["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0


def test_access_log_says_neither_who_nor_what(deployed: Deployed) -> None:
    (stage,) = deployed.of_type("AWS::ApiGatewayV2::Stage")
    logged = stage.properties["AccessLogSettings"]["Format"]

    assert not [word for word in ("sourceIp", "userAgent", "path", "querystring", "authorizer") if word in logged]
