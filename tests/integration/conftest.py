"""Handlers on moto: the stack is created from template.yaml, the task root by the compiler."""

import logging
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.ses.models import ses_backends

from functions.leads import app as leads_app
from functions.notify import app as notify_app
from infra.build.package import PACKAGES
from infra.local import events, moto_models, template
from infra.local.routes import Match, Route
from infra.site import compile_all

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]


@dataclass
class Context:
    """Lambda's context object, as far as we use it."""

    aws_request_id: str = "request-1"
    remaining: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the time-out."""
        return self.remaining


@dataclass
class Stack:
    """What the template created, as the tests look at it."""

    table: str
    dynamodb: "DynamoDBClient"
    context: Context = field(default_factory=Context)

    def leads(self) -> list[dict[str, Any]]:
        """Every item, attribute values without their types."""
        items = self.dynamodb.scan(TableName=self.table)["Items"]
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in items]

    def mails(self) -> list[EmailMessage]:
        """Every mail that SES accepted, oldest first."""
        sent = ses_backends[events_account()][template.REGION].sent_messages
        return [BytesParser(policy=default).parsebytes(mail.raw_data.encode()) for mail in sent]

    def post(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """What the leads function answers to a POST."""
        return self.request("POST", body, headers)

    def request(self, method: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """What the leads function answers."""
        request = events.HttpRequest(method, "/api/leads", list(headers.items()), body)
        match = Match(Route("ANY", "/api/leads", "arn"), {})
        gateway = events.Gateway("123456789012", "api", 443)
        event = events.build(request, match, gateway, request_id="r", now=datetime.now(UTC))
        return leads_app.lambda_handler(event, self.context)

    def notify(self) -> dict[str, Any]:
        """Bring notify every lead as the stream would."""
        items = self.dynamodb.scan(TableName=self.table)["Items"]
        records = [
            {
                "eventName": "INSERT",
                "dynamodb": {"Keys": {"pk": item["pk"], "sk": item["sk"]}, "SequenceNumber": str(n)},
            }
            for n, item in enumerate(items, 1)
        ]
        return notify_app.lambda_handler({"Records": records}, self.context)

    def sweep(self) -> dict[str, Any]:
        """Wake notify as the schedule does."""
        return notify_app.lambda_handler({"source": "aws.events"}, self.context)


def events_account() -> str:
    """moto's only account."""
    return "123456789012"


def forget() -> None:
    """Make the functions new: what a process keeps between invocations belongs to one test."""
    for name in [name for name in sys.modules if name.startswith(("functions.", "shared."))]:
        for value in vars(sys.modules[name]).values():
            if callable(getattr(value, "cache_clear", None)):
                value.cache_clear()
    # Powertools keeps its handler, and with it the standard output of an earlier test, on the standard logger.
    for package in PACKAGES.values():
        logging.Logger.manager.loggerDict.pop(package.function, None)


@pytest.fixture(scope="session")
def task_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The task root, compiled once."""
    root = tmp_path_factory.mktemp("task")
    compile_all(root)
    return root


@pytest.fixture
def stack(task_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The stack in moto, with the functions' environments as it gives them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", template.REGION)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(task_root))
    forget()
    loaded = template.load(ROOT / "template.yaml", {"AlertDetail": "full"})
    resources = loaded.cloudformation["Resources"]
    moto_models.teach({resource["Type"] for resource in resources.values()})
    # moto would start a container for each record; the tests bring them to notify themselves.
    for name in [name for name, resource in resources.items() if resource["Type"] == "AWS::Lambda::EventSourceMapping"]:
        del resources[name]
    with mock_aws():
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName="test",
            TemplateBody=loaded.to_json(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in loaded.parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        for function in boto3.client("lambda").list_functions()["Functions"]:
            for name, value in function.get("Environment", {}).get("Variables", {}).items():
                monkeypatch.setenv(name, str(value))
        outputs = cloudformation.describe_stacks(StackName="test")["Stacks"][0]["Outputs"]
        (table,) = (output["OutputValue"] for output in outputs if output["OutputKey"] == "LeadTableName")
        yield Stack(table, boto3.client("dynamodb"))
    forget()
