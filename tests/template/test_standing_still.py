"""What a pause stops and what it leaves, and a stack that works on a restored table."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from tests.conftest import ROOT
from tests.template.deployed import Deployed, deploy


def by_itself(stack: Deployed) -> dict[str, bool]:
    """Everything that makes a function run without anybody asking, and whether it does."""
    sources = stack.of_type("AWS::Lambda::EventSourceMapping")
    clocks = [each for each in stack.of_type("AWS::Events::Rule") if "ScheduleExpression" in each.properties]
    clocks += stack.of_type("AWS::Scheduler::Schedule")
    return {each.logical_id: each.properties.get("Enabled", True) is True for each in sources} | {
        each.logical_id: each.properties.get("State", "ENABLED") == "ENABLED" for each in clocks
    }


def paths(stack: Deployed) -> list[tuple[str, str]]:
    return sorted((route.method, route.path) for route in stack.routes)


def test_all_of_it_runs_unless_somebody_says_otherwise(deployed: Deployed) -> None:
    assert len(by_itself(deployed)) >= 6
    assert all(by_itself(deployed).values())


def test_a_pause_stops_all_that_happens_by_itself_and_no_page(deployed: Deployed) -> None:
    with deploy({"Paused": "yes"}) as paused:
        assert not any(by_itself(paused).values())
        assert by_itself(paused).keys() == by_itself(deployed).keys()
        assert paths(paused) == paths(deployed)


@pytest.fixture
def restored_stream() -> Any:
    with mock_aws():
        table = boto3.client("dynamodb").create_table(
            TableName="needlepoint-restored",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        yield table["TableDescription"]["LatestStreamArn"]


def test_a_restored_table_stands_still_until_its_stream_is_given(restored_stream: str) -> None:
    with deploy({"RestoredTable": "needlepoint-restored"}) as stack:
        assert not any(by_itself(stack).values())
        assert stack.outputs["LeadTableName"] == "needlepoint-restored"


def test_every_function_works_on_the_restored_table_and_may_touch_no_other(restored_stream: str) -> None:
    with deploy({"RestoredTable": "needlepoint-restored", "RestoredStream": restored_stream}) as stack:
        assert all(by_itself(stack).values())
        assert stack["NotifyFunctionNewLead"].properties["EventSourceArn"] == restored_stream
        own = stack["LeadTable"].name
        for each in [*stack.functions, *stack.of_type("AWS::IAM::Role")]:
            assert own not in json.dumps(each.properties), each.logical_id
        tables = [
            each.properties.get("Environment", {}).get("Variables", {}).get("TABLE_NAME") for each in stack.functions
        ]
        assert set(tables) == {None, "needlepoint-restored"}


def test_each_of_the_parameters_is_a_name_or_nothing() -> None:
    parameters = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Parameters"]

    assert [parameters[name]["Default"] for name in ("Paused", "RestoredTable", "RestoredStream")] == ["no", "", ""]
