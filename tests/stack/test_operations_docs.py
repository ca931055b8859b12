"""Every command in the README and docs/operations.md works: the AWS CLI itself runs it, after those above it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest

from functions.leads.enquiry import HONEYPOT
from infra.local.cloud import STACK_NAME
from infra.local.stack import LocalStack
from infra.local.template import REGION
from tests.conftest import ROOT
from tests.links import keys_secret
from tests.stack.asking import ask
from tests.stack.conftest import eventually

pytestmark = pytest.mark.long

ARTICLE = "dry-needling-for-sciatica"
DOCUMENTS = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/operations.md")}
# A fenced block, which may stand in a list, and its lines, joined where they go on.
BLOCK = re.compile(r"^( *)```\n(.+?)^\1```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ *((?:\w+=\$\()?(?:aws|sam|make)\b(?:[^\\\n]|\\\n|\\.)*)", re.MULTILINE)

# What no command here can be run for, and where it is tried instead.
ELSEWHERE = {
    "make": "what each verb does has tests of its own",
    "sam validate": "tests/template/test_packages.py",
    "sam build": "tests/template/test_packages.py",
    "sam deploy": "tests/stack/test_first_deployment.py",
    "aws cloudformation deploy --stack-name deploy-roles": "tests/template/test_deploy_roles.py",
    "aws cloudformation describe-stacks --stack-name deploy-roles": "tests/template/test_deploy_roles.py",
    "id=$(aws cloudformation": "finds the distribution, which the stack has with ContentDelivery=cloudfront alone",
    "aws sesv2 put-configuration-set-suppression-options": "moto does not know it; see tests/template/test_alarms.py",
    "aws sesv2 get-suppressed-destination": "moto has no suppression list",
    "aws sesv2 delete-suppressed-destination": "moto has no suppression list",
    "arn=$(aws sqs": "moto gives a queue an address at AWS, which the command then asks",
    "aws sqs start-message-move-task": "moto moves no messages",
    "aws cloudfront": "moto's CloudFormation creates no distribution; tests/template/test_content_delivery.py has it",
}


def commands() -> list[str]:
    """Every command of the documents, on one line each."""
    blocks = [block for text in DOCUMENTS.values() for _, block in BLOCK.findall(text)]
    return [re.sub(r"\s*\\\n\s*", " ", found) for block in blocks for found in COMMAND.findall(block)]


def runs_elsewhere(command: str) -> bool:
    return any(command.startswith(beginning) for beginning in ELSEWHERE)


RUN_HERE = [command for command in commands() if not runs_elsewhere(command)]


@pytest.fixture(scope="module")
def shell(running: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """A terminal at the local stack, where the variables of earlier commands are still set."""
    folder = tmp_path_factory.mktemp("bin")
    for name, module in (("aws", "awscli"), ("sam", "samcli")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', "utf-8")
        (folder / name).chmod(0o755)
    environment = os.environ | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": running.endpoint.url,
        "AWS_DEFAULT_REGION": REGION,
        "__SAM_CLI_APP_DIR": str(folder / "home"),
    }

    def run(command: str) -> str:
        variable, assigns, _ = command.partition("=$(")
        done = subprocess.run(
            ["/bin/sh", "-euc", f"{command}\n{f'''printf %s "${variable}" ''' if assigns else ''}"],
            env=environment,
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
    running: LocalStack, shell: Callable[[str], str], leads: dict[str, dict[str, Any]]
) -> None:
    # given what the documents leave for the reader to fill in
    waiting = leads["Waits"]
    stands_for = {
        "TABLE": running.cloud.outputs()["LeadTableName"],
        "needlepoint-dev": STACK_NAME,
        "TOPIC": alarm_topic(running),
        "LEFT": keys_secret(running),
        "BACKUP": backup(running),
        "LEAD#ID": waiting["pk"],
        '"PK"': json.dumps(waiting["pk"]),
        '"SK"': json.dumps(waiting["sk"]),
    }
    said: dict[str, str] = {}

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

    (by_id,) = answers(" get-item ")
    assert by_id["Item"]["name"] == {"S": "Waits"}
    (kept_back,) = answers(" scan ", "honeypot")
    assert [item["name"]["S"] for item in kept_back["Items"]] == ["Fills Everything"]
    (unproven,) = answers(" scan ", "alert_unproven_at")
    assert unproven["Items"] == []
    (owed,) = answers(" scan ", '"attribute_exists(alert_owed)"')
    assert [item["name"]["S"] for item in owed["Items"]] == ["Waits"]
    assert answers("get-configuration-set") == [{"SuppressedReasons": []}]
    assert answers("get-email-identity") == [False]  # it was created anew, and nobody has followed the link
    ((subscription,),) = answers("list-subscriptions")
    assert subscription["TopicArn"] == alarm_topic(running)
    assert "LeadTableName" in next(text for command, text in said.items() if "stack-outputs" in command)


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
    shown = [
        text
        for text in DOCUMENTS.values()
        for text in re.findall(r"^\s*(?:\w+=\$\()?(?:aws|sam) .*", text, re.MULTILINE)
    ]

    assert len(shown) == len([command for command in commands() if not command.startswith("make")])
    for beginning in ELSEWHERE:
        assert any(command.startswith(beginning) for command in commands()), beginning
