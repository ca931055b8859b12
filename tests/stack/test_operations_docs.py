"""Every command for AWS in the README and docs/operations.md works: the CLI itself runs it, after those above it.

tests/unit/test_verbs.py has the other commands.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class

from functions.leads.enquiry import HONEYPOT
from infra.local.cloud import STACK_NAME
from infra.local.http_messages import HttpRequest, HttpResponse
from infra.local.moto_models import teach
from infra.local.stack import LocalStack
from infra.local.template import REGION
from infra.local.wire import LoopbackServer
from tests.commands import IN_BLOCK, INLINE, blocks, commands, inline, is_for_aws
from tests.conftest import ROOT
from tests.links import keys_secret
from tests.stack.asking import ask
from tests.stack.conftest import eventually

pytestmark = pytest.mark.long

ARTICLE = "dry-needling-for-sciatica"
# What is run elsewhere, as it stands.
ELSEWHERE = {
    "sam validate": "tests/template/test_packages.py",
    "sam build": "tests/template/test_packages.py",
    "ARCH=x86_64 sam build": "tests/template/packages.py, for this machine",
    "sam deploy": "tests/stack/test_first_deployment.py",
}

# What moto has no answer to, by the command's beginning, and what AWS documents as its answer: in its CLI's examples,
# for SES in the API Reference.
DISTRIBUTION = "EDFDVBD6EXAMPLE"
ANSWERS: dict[str, dict[str, Any]] = {
    "id=$(aws cloudformation describe-stack-resource": {  # moto's CloudFormation creates no distribution
        "StackResourceDetail": {
            "StackName": "MyStack",
            "LogicalResourceId": "CloudFront",
            "PhysicalResourceId": DISTRIBUTION,
            "ResourceType": "AWS::CloudFront::Distribution",
            "LastUpdatedTimestamp": datetime(2019, 10, 2, 5, 34, 27, tzinfo=UTC),
            "ResourceStatus": "UPDATE_COMPLETE",
            "Metadata": "{}",
            "DriftInformation": {"StackResourceDriftStatus": "IN_SYNC"},
        }
    },
    "aws cloudfront create-invalidation": {
        "Location": f"https://cloudfront.amazonaws.com/2019-03-26/distribution/{DISTRIBUTION}/invalidation/I1JLWSDAP8FU89",
        "Invalidation": {
            "Id": "I1JLWSDAP8FU89",
            "Status": "InProgress",
            "CreateTime": datetime(2019, 12, 5, 18, 24, 51, tzinfo=UTC),
            "InvalidationBatch": {
                "Paths": {"Quantity": 1, "Items": ["/*"]},
                "CallerReference": "cli-1575570291-670203",
            },
        },
    },
    "aws cloudformation describe-stacks": {  # moto forgets the outputs of what a change set made
        "Stacks": [
            {
                "StackName": "deploy-roles",
                "CreationTime": datetime(2019, 10, 2, 5, 34, 27, tzinfo=UTC),
                "StackStatus": "CREATE_COMPLETE",
                "Outputs": [{"OutputKey": "DeployRole", "OutputValue": "arn:aws:iam::123456789012:role/x"}],
            }
        ]
    },
    "aws sesv2 put-configuration-set-suppression-options": {},
    "aws sesv2 get-suppressed-destination": {
        "SuppressedDestination": {
            "EmailAddress": "frontdesk@example.com",
            "Reason": "BOUNCE",
            "LastUpdateTime": datetime(2026, 11, 20, 8, tzinfo=UTC),
            "Attributes": {"MessageId": "string", "FeedbackId": "string"},
        }
    },
    "aws sesv2 delete-suppressed-destination": {},
    "aws sqs start-message-move-task": {"TaskHandle": "AQEB6nR4...HzlvZQ=="},
}
COMMANDS = [command for command in commands() if is_for_aws(command)]
RUN_HERE = [command for command in COMMANDS if not command.startswith(tuple(ELSEWHERE))]


class Documented:
    """Reads a request by the service's own model, and gives the answer that is next."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._server = LoopbackServer(0, self)
        self._server.start()
        self.url = f"http://{self._server.address}"
        self.stop = self._server.stop

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scope = str(request.header("authorization")).split("/")
        service = {"ses": "sesv2"}.get(scope[3], scope[3])
        read = Request.from_primitives(
            request.method, f"{self.url}{request.target}", dict(request.headers), request.body
        )
        operation, in_path = get_service_router(service).match(read)
        protocol = determine_request_protocol(operation.service_model, read.content_type)
        given = PROTOCOL_PARSERS[protocol](operation).parse(
            {
                "method": read.method,
                "values": read.values,
                "headers": read.headers,
                "body": read.data,
                "url_path": read.path,
                "url_params": in_path,
            }
        )
        self.asked.append((operation.name, given))
        for shape, value in ((operation.input_shape, given), (operation.output_shape, self.answer)):
            if shape is None:
                assert value == {}
            elif (report := ParamValidator().validate(value, shape)).has_errors():
                raise AssertionError(report.generate_report())
        made = get_serializer_class(service, protocol)(operation).serialize(self.answer)
        body = made["body"]
        headers = [(name, str(value)) for name, value in made["headers"].items()]
        return HttpResponse(made["status_code"], headers, body if isinstance(body, bytes) else body.encode())


@pytest.fixture(scope="module")
def documented() -> Iterator[Documented]:
    server = Documented()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def shell(
    running: LocalStack, documented: Documented, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """A terminal at the local stack, where the variables of earlier commands are still set."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "infra").symlink_to(ROOT / "infra")
    # The AWS CLI has an endpoint of its own for SQS, which an option alone takes the place of.
    for name, module in (("aws", 'awscli --endpoint-url "$AWS_ENDPOINT_URL"'), ("sam", "samcli")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', "utf-8")
        (folder / name).chmod(0o755)
    environment = os.environ | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "AWS_DEFAULT_REGION": REGION,
        "__SAM_CLI_APP_DIR": str(folder / "home"),
    }

    def run(command: str) -> str:
        variable, assigns, _ = command.partition("=$(")
        answer = next((ANSWERS[beginning] for beginning in ANSWERS if command.startswith(beginning)), None)
        documented.answer = answer or {}
        done = subprocess.run(
            ["/bin/sh", "-euc", f"{command}\n{f'''printf %s "${variable}" ''' if assigns else ''}"],
            env=environment | {"AWS_ENDPOINT_URL": (running.endpoint if answer is None else documented).url},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        if assigns:
            environment[variable] = done.stdout
        return done.stdout

    return run


@pytest.fixture(scope="module")
def leads(running: LocalStack) -> dict[str, dict[str, Any]]:
    """An enquiry whose alert does not get through, and what filled the hidden field."""
    running.set_fault("ses", "rejected")
    fields = {"phone": "(602) 555-0100", "consent": True, "locale": "en", "article": ARTICLE}
    for name, more in (("Waits", {}), ("Fills Everything", {HONEYPOT: "anything"})):
        body = json.dumps({"name": name, **fields, **more}).encode()
        answer = ask(running, "POST", "/api/leads", body, content_type="application/json")
        assert answer.status == 201, answer.body

    def found() -> dict[str, dict[str, Any]]:
        return {item["name"]: item for item in running.items() if "name" in item}

    eventually(lambda: "alert_error" in found()["Waits"])  # the attempt is over, not just begun
    running.set_fault("ses", None)
    put_off(running, found()["Waits"])
    return found()


def put_off(stack: LocalStack, lead: Mapping[str, Any]) -> None:
    """Let no attempt come in between."""
    client = boto3.client("dynamodb", endpoint_url=stack.endpoint.url, region_name=REGION)
    client.update_item(
        TableName=stack.cloud.outputs()["LeadTableName"],
        Key={name: {"S": lead[name]} for name in ("pk", "sk")},
        UpdateExpression="SET alert_next_at = :later",
        ExpressionAttributeValues={":later": {"N": "9999999999"}},
    )


def test_every_command_works(
    running: LocalStack, documented: Documented, shell: Callable[[str], str], leads: dict[str, dict[str, Any]]
) -> None:
    # given what the documents leave for the reader to fill in
    waiting = leads["Waits"]
    stands_for = {
        "TABLE": running.cloud.outputs()["LeadTableName"],
        "needlepoint-dev": STACK_NAME,
        "needlepoint-prod": STACK_NAME,
        "REHEARSED": f"{STACK_NAME}-restored",
        "TOPIC": alarm_topic(running),
        "LEFT": keys_secret(running),
        "BACKUP": backup(running),
        "LEAD#ID": waiting["pk"],
        '"PK"': json.dumps(waiting["pk"]),
        '"SK"': json.dumps(waiting["sk"]),
    }
    said: dict[str, str] = {}
    teach(["AWS::IAM::OIDCProvider"])

    # when
    for command in RUN_HERE:
        filled = command
        for word, value in stands_for.items():
            filled = filled.replace(word, value)
        said[command] = shell(filled)

    # then
    def answers(*words: str) -> list[Any]:
        found = [text for command, text in said.items() if all(word in command for word in words)]
        assert found, words
        return [json.loads(text) if text else None for text in found]

    def held(variable: str) -> str:
        return next(text for command, text in said.items() if command.startswith(f"{variable}=$("))

    (by_id,) = answers(" get-item ")
    assert by_id["Item"]["name"] == {"S": "Waits"}
    (kept_back,) = answers(" scan ", "honeypot")
    assert [item["name"]["S"] for item in kept_back["Items"]] == ["Fills Everything"]
    (unproven,) = answers(" scan ", "alert_unproven_at")
    assert unproven["Items"] == []
    (owed,) = answers(" scan ", '"attribute_exists(alert_owed)"')
    assert [item["name"]["S"] for item in owed["Items"]] == ["Waits"]
    assert answers("get-configuration-set") == [{"SuppressedReasons": []}]
    assert answers("get-email-identity") == [False, False]  # created just now, and nobody has followed a link
    ((subscription,),) = answers("list-subscriptions")
    assert subscription["TopicArn"] == alarm_topic(running)
    assert "LeadTableName" in next(text for command, text in said.items() if "stack-outputs" in command)
    ((output,),) = answers("describe-stacks")
    assert output["OutputKey"] == "DeployRole"
    ((suppressed,),) = [answer.values() for answer in answers("get-suppressed-destination")]
    assert suppressed["Reason"] == "BOUNCE"
    assert held("arn").startswith("arn:aws:sqs:")
    invalidated = documented.asked[1][1]["InvalidationBatch"]
    assert invalidated.pop("CallerReference")
    assert documented.asked == [
        ("DescribeStackResource", {"StackName": STACK_NAME, "LogicalResourceId": "CloudFront"}),
        ("CreateInvalidation", {"DistributionId": DISTRIBUTION, "InvalidationBatch": invalidated}),
        ("DescribeStacks", {"StackName": "deploy-roles"}),
        ("PutConfigurationSetSuppressionOptions", {"ConfigurationSetName": held("name"), "SuppressedReasons": []}),
        ("GetSuppressedDestination", {"EmailAddress": "frontdesk@example.com"}),
        ("DeleteSuppressedDestination", {"EmailAddress": "frontdesk@example.com"}),
        ("StartMessageMoveTask", {"SourceArn": held("arn")}),
    ]
    assert invalidated == {"Paths": {"Quantity": 1, "Items": ["/*"]}}


def backup(stack: LocalStack) -> str:
    """The ARN of one, as DynamoDB makes it of a table that is deleted."""
    client: Any = boto3.client("dynamodb", endpoint_url=stack.endpoint.url, region_name=REGION)
    made = client.create_backup(TableName=stack.cloud.outputs()["LeadTableName"], BackupName="last")
    return str(made["BackupDetails"]["BackupArn"])


def alarm_topic(stack: LocalStack) -> str:
    client: Any = boto3.client("sns", endpoint_url=stack.endpoint.url, region_name=REGION)
    (topic,) = client.list_topics()["Topics"]
    return str(topic["TopicArn"])


def test_no_command_is_left_out() -> None:
    in_blocks = [IN_BLOCK.sub("", block).split() for block in blocks()]
    # README.md: what `make run` writes, and the tree. docs/operations.md: two queries of Logs Insights.
    assert [words[0] for words in in_blocks if words] == ["Needlepoint", "template.yaml", "fields", "filter"]
    assert [code for code in inline() if " --" in code and not INLINE.fullmatch(code)] == []
    for beginning in (*ELSEWHERE, *ANSWERS):
        assert any(command.startswith(beginning) for command in COMMANDS), beginning
