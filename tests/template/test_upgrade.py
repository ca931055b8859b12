"""The template is deployed over the last release's: what that keeps stays, and CloudFormation can do it in one go."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests import last_release
from tests.conftest import ROOT

# What holds something that a new one would not have: data, an address that others know, somebody's confirmation. With
# the properties that are marked "Update requires: Replacement" in
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
REPLACED_BY: Final[Mapping[str, frozenset[str]]] = {
    "AWS::CloudFront::Distribution": frozenset(),
    "AWS::DynamoDB::Table": frozenset({"ImportSourceSpecification", "KeySchema", "LocalSecondaryIndexes", "TableName"}),
    "AWS::Logs::LogGroup": frozenset({"LogGroupName"}),
    "AWS::SES::EmailIdentity": frozenset({"EmailIdentity"}),
    "AWS::SNS::Topic": frozenset({"FifoTopic", "TopicName"}),
    "AWS::SQS::Queue": frozenset({"FifoQueue", "QueueName"}),
    # Another way to generate its value makes another value, which is as good as another secret.
    "AWS::SecretsManager::Secret": frozenset({"GenerateSecretString", "Name", "SecretString"}),
    "AWS::Serverless::HttpApi": frozenset(),
}


def faults(before: Any, after: Any) -> Iterator[str]:
    """What would be lost, or refused, when one template is deployed over another."""
    for name, parameter in after["Parameters"].items():
        if name not in before["Parameters"] and "Default" not in parameter:
            yield f"parameter {name} is new and has no default"
    for name, old in before["Resources"].items():
        if old["Type"] not in REPLACED_BY:
            continue
        new = after["Resources"].get(name, {})
        if (new.get("Type"), new.get("Condition")) != (old["Type"], old.get("Condition")):
            yield f"{name} is removed"
            continue
        was, now = (resource.get("Properties", {}) for resource in (old, new))
        yield from (
            f"{name} is replaced: {each}" for each in REPLACED_BY[old["Type"]] if was.get(each) != now.get(each)
        )
        if old["Type"] == "AWS::DynamoDB::Table":
            yield from (f"{name}: {fault}" for fault in _table_faults(was, now))


def _table_faults(was: Any, now: Any) -> Iterator[str]:
    (types_before, types), (indexes_before, indexes) = (
        [{item[name]: item for item in table.get(kind, ())} for table in (was, now)]
        for kind, name in (("AttributeDefinitions", "AttributeName"), ("GlobalSecondaryIndexes", "IndexName"))
    )
    yield from (f"{each} has another type" for each in types.keys() & types_before if types[each] != types_before[each])
    # Of an index that stays, only the throughput can be changed; anything else removes it and adds another.
    for each in indexes.keys() & indexes_before:
        if indexes[each] != indexes_before[each]:
            yield f"index {each} is another one"
    # "You can delete or add one global secondary index without interruption": one, and not both.
    if len(changed := indexes.keys() ^ indexes_before) > 1:
        yield f"more than one index is added or removed: {', '.join(sorted(changed))}"


def test_this_template_can_be_deployed_over_the_last_releases_and_nothing_that_it_keeps_is_lost() -> None:
    before, now = (
        yaml_parse(text) for text in (last_release.file("template.yaml"), (ROOT / "template.yaml").read_text())
    )

    assert list(faults(before, now)) == []


def _index(name: str) -> dict[str, Any]:
    key = [{"AttributeName": "due", "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": key, "Projection": {"ProjectionType": "KEYS_ONLY"}}


TABLE: Final = {
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "due")],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [_index("first")],
}
BEFORE: Final[Mapping[str, Any]] = {
    "Parameters": {"OpsEmail": {"Type": "String"}},
    "Resources": {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": TABLE},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Role": {"Type": "AWS::IAM::Role"},
    },
}


def _table(template: Any) -> Any:
    return template["Resources"]["Table"]["Properties"]


HARMLESS: dict[str, Callable[[Any], object]] = {
    "nothing": lambda _: None,
    "a parameter with a default": lambda template: template["Parameters"].update(Fax={"Default": ""}),
    "a role gone": lambda template: template["Resources"].pop("Role"),
    "an index more": lambda template: _table(template)["GlobalSecondaryIndexes"].append(_index("second")),
    "an index gone": lambda template: _table(template)["GlobalSecondaryIndexes"].clear(),
}
HARMFUL: dict[str, Callable[[Any], object]] = {
    "parameter Fax is new and has no default": lambda template: template["Parameters"].update(Fax={}),
    "Table is removed": lambda template: template["Resources"].pop("Table"),
    "Queue is removed": lambda template: template["Resources"]["Queue"].update(Condition="Any"),
    "Queue is replaced: QueueName": lambda template: template["Resources"]["Queue"].update(
        Properties={"QueueName": "any"}
    ),
    "Table is replaced: KeySchema": lambda template: _table(template)["KeySchema"].clear(),
    "Table: due has another type": lambda template: _table(template)["AttributeDefinitions"][1].update(
        AttributeType="N"
    ),
    "Table: index first is another one": lambda template: _table(template)["GlobalSecondaryIndexes"][0].update(
        Projection={"ProjectionType": "ALL"}
    ),
    "Table: more than one index is added or removed: first, second": lambda template: _table(template).update(
        GlobalSecondaryIndexes=[_index("second")]
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_changes_without_a_loss_is_no_fault(change: Callable[[Any], object]) -> None:
    change(changed := copy.deepcopy(BEFORE))

    assert list(faults(BEFORE, changed)) == []


@pytest.mark.parametrize(("fault", "change"), HARMFUL.items(), ids=HARMFUL)
def test_what_would_be_lost_or_refused_is_named(fault: str, change: Callable[[Any], object]) -> None:
    change(changed := copy.deepcopy(BEFORE))

    assert list(faults(BEFORE, changed)) == [fault]
