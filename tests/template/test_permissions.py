"""Least privilege, both ways: every call that is made is permitted, and every permission is needed."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest

from infra.build.package import PACKAGES
from tests.conftest import ROOT
from tests.template.aws_calls import Call, calls_of_every_function
from tests.template.deployed import Deployed, deploy

FILES_WITH_CLIENTS = ("shared/items.py", "shared/keys.py", "shared/mailer.py")


class Permission(NamedTuple):
    """An IAM action on one resource, both as a policy names them, and what must hold beside."""

    action: str
    resource: str
    condition: str = "{}"


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployed]:
    # Everything that can be turned on calls something more.
    with deploy({"ConfirmToVisitor": "yes"}) as created:
        yield created


@pytest.fixture(scope="module")
def calls(stack: Deployed, task_root: Path) -> Mapping[str, set[Call]]:
    return calls_of_every_function(stack, task_root)


def test_every_call_in_the_source_was_listened_to(calls: Mapping[str, set[Call]]) -> None:
    made = {call.operation for of_function in calls.values() for call in of_function}

    named = {operation for file in FILES_WITH_CLIENTS for operation in operations_in(ROOT / file)}
    assert named == made


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_package_describes_the_calls_that_its_function_makes(calls: Mapping[str, set[Call]], logical_id: str) -> None:
    described = {operation for of_service in PACKAGES[logical_id].calls.values() for operation in of_service}

    assert described == {call.operation for call in calls[logical_id]}


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_role_permits_what_its_function_needs_and_nothing_else(
    stack: Deployed, calls: Mapping[str, set[Call]], logical_id: str
) -> None:
    needed = {permission for call in calls[logical_id] for permission in permissions_for(call, stack)}
    needed |= permissions_of_lambda_itself(stack, logical_id)

    assert permissions_given(stack, logical_id) == needed


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_only_tracing_is_permitted_on_everything(stack: Deployed, logical_id: str) -> None:
    # X-Ray's two actions know no resources (Service Authorization Reference, "AWS X-Ray").
    everything = {each.action for each in permissions_given(stack, logical_id) if each.resource == "*"}

    assert everything <= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_no_permission_names_a_group_of_actions(stack: Deployed, logical_id: str) -> None:
    assert not [each.action for each in permissions_given(stack, logical_id) if "*" in each.action]


def test_only_lambda_can_take_a_role_on(stack: Deployed) -> None:
    trusted = [
        statement["Principal"]
        for role in stack.of_type("AWS::IAM::Role")
        for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]
    ]

    # The scheduler's may call one function, and nothing else.
    schedules = [{"Service": "scheduler.amazonaws.com"}] * len(stack.of_type("AWS::Scheduler::Schedule"))
    functions = [{"Service": "lambda.amazonaws.com"}] * len(PACKAGES)
    assert sorted(trusted, key=str) == sorted([*functions, *schedules], key=str)


def permissions_given(stack: Deployed, logical_id: str) -> set[Permission]:
    return {
        Permission(action, resource, json.dumps(statement.get("Condition", {})))
        for statement in statements_of(stack, logical_id)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def statements_of(stack: Deployed, logical_id: str) -> list[dict[str, Any]]:
    """The statements of a function's role."""
    role = stack.with_arn(stack[logical_id].properties["Role"])
    assert "ManagedPolicyArns" not in role.properties
    statements = [each for policy in role.properties["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    return statements


def permissions_for(call: Call, stack: Deployed) -> set[Permission]:
    """What IAM checks for a call (Service Authorization Reference, by each service's name)."""
    parameters = json.loads(call.parameters)
    match call.service, call.operation:
        case "dynamodb", "TransactWriteItems":
            # A transaction has no action of its own: each of its parts is checked as if it came alone.
            action = {
                "Put": "PutItem",
                "Update": "UpdateItem",
                "Delete": "DeleteItem",
                "ConditionCheck": "ConditionCheckItem",
            }
            parts = [part for each in parameters["TransactItems"] for part in each.items()]
            return {Permission(f"dynamodb:{action[kind]}", table_arn(part, stack)) for kind, part in parts}
        case "dynamodb", "BatchGetItem":
            return {
                Permission("dynamodb:BatchGetItem", table_arn({"TableName": name}, stack))
                for name in parameters["RequestItems"]
            }
        case "dynamodb", operation:
            return {Permission(f"dynamodb:{operation}", table_arn(parameters, stack))}
        case "secretsmanager", operation:
            return {Permission(f"secretsmanager:{operation}", parameters["SecretId"])}
        case "ses", "SendEmail":
            # The API's own action, and for a raw message the one that older policies know it by.
            actions = ["ses:SendEmail", "ses:SendRawEmail"] if "Raw" in parameters["Content"] else ["ses:SendEmail"]
            # Which identity covers the sender, and in the sandbox the recipient, is SES's to find: test_addresses.py.
            only_from = json.dumps({"StringEquals": {"ses:FromAddress": parameters["FromEmailAddress"]}})
            return {Permission(action, arn, only_from) for action in actions for arn in mail_arns(parameters, stack)}
    raise NotImplementedError(f"say here which IAM action {call.service} {call.operation} is")


def table_arn(parameters: Mapping[str, Any], stack: Deployed) -> str:
    (table,) = (each for each in stack.of_type("AWS::DynamoDB::Table") if each.name == parameters["TableName"])
    return f"{table.arn}/index/{index}" if (index := parameters.get("IndexName")) else table.arn


def mail_arns(parameters: Mapping[str, Any], stack: Deployed) -> Iterator[str]:
    prefix = stack["AlertConfigurationSet"].arn.rpartition(":")[0]
    yield f"{prefix}:configuration-set/{parameters['ConfigurationSetName']}"
    yield f"{prefix}:identity/*"


def permissions_of_lambda_itself(stack: Deployed, logical_id: str) -> set[Permission]:
    """What Lambda does in the function's name: logs, traces, reading its stream, giving up records."""
    function = stack[logical_id]
    (logs,) = (
        group.arn
        for group in stack.of_type("AWS::Logs::LogGroup")
        if group.name == function.properties["LoggingConfig"]["LogGroup"]
    )
    needed = {Permission(f"logs:{action}", logs) for action in ("CreateLogStream", "PutLogEvents")}
    if function.properties["TracingConfig"]["Mode"] == "Active":
        needed |= {Permission(f"xray:{action}", "*") for action in ("PutTraceSegments", "PutTelemetryRecords")}
    for source in stack.of_type("AWS::Lambda::EventSourceMapping"):
        if source.properties["FunctionName"] == function.name:
            needed |= permissions_of_poller(source.properties)
    return needed


def permissions_of_poller(source: Mapping[str, Any]) -> set[Permission]:
    """Lambda Developer Guide, "Using Lambda with Amazon DynamoDB" and "with Amazon SQS", execution role permissions."""
    stream = source["EventSourceArn"]
    if ":sqs:" in stream:
        return {Permission(f"sqs:{each}", stream) for each in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")}
    reading = ("DescribeStream", "GetRecords", "GetShardIterator")
    return {
        *(Permission(f"dynamodb:{action}", stream) for action in reading),
        Permission("dynamodb:ListStreams", f"{stream.rpartition('/')[0]}/*"),
        Permission("sqs:SendMessage", source["DestinationConfig"]["OnFailure"]["Destination"]),
    }


def operations_in(file: Path) -> set[str]:
    """Every operation of its `_client` that a file names."""
    methods = {
        node.attr
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "_client"
    }
    clients: list[Any] = [boto3.client("dynamodb"), boto3.client("secretsmanager"), boto3.client("sesv2")]
    return {client.meta.method_to_api_mapping[name] for client in clients for name in methods if hasattr(client, name)}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
