"""Handlers on moto: the stack is created from template.yaml, the task root by the compiler."""

import copy
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.core.base_backend import BaseBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ses.models import ses_backends

from infra.build.package import PACKAGES
from infra.local import events, moto_models, moto_tables, template
from infra.local.http_messages import HttpRequest
from infra.local.routes import Match, Route
from infra.site.languages.message_files import LOCALES
from shared.erasure import Erasure
from shared.mail_items import MailStore
from tests.clock import Clock
from tests.sample import write_sample

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]

# What the site of these tests is published in, whatever the real one is.
SITE_LOCALES = ("en", "es", "fr", "zh-Hant", "ar")


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
    """What the template created, as the tests look at it.

    Attributes:
        table: The name of the leads' table.
        record: That of the table of erasures.
        dynamodb: A client for it.
        variables: Each function's own, by its folder.
        context: What each invocation is given.
        brought: The keys of who asked to be signed in and came to notify: once each, unlike leads.
    """

    table: str
    record: str
    dynamodb: "DynamoDBClient"
    variables: Mapping[str, Mapping[str, str]]
    context: Context = field(default_factory=Context)
    brought: set[str] = field(default_factory=set)

    def leads(self) -> list[dict[str, Any]]:
        """Every lead and tombstone, attribute values without their types."""
        items = [item for item in self.dynamodb.scan(TableName=self.table)["Items"] if item["sk"]["S"] == "LEAD"]
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in items]

    def erasure(self, dynamodb: "DynamoDBClient | None" = None, now: float = 0.0) -> Erasure:
        """What erases, at one time."""
        client = dynamodb or self.dynamodb
        return Erasure(self.table, self.record, client, MailStore(self.table, client, budget=0), lambda: now)

    def mails(self) -> list[EmailMessage]:
        """Every mail that SES accepted, oldest first."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID][template.REGION].sent_messages
        return [BytesParser(policy=default).parsebytes(mail.raw_data.encode()) for mail in sent]

    def post(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """What the leads function answers to a POST."""
        return self.request("POST", body, headers)

    def request(self, method: str, body: bytes, headers: Mapping[str, str], *, query: str = "") -> dict[str, Any]:
        """What the leads function answers."""
        request = HttpRequest(method, f"/api/leads?{query}" if query else "/api/leads", list(headers.items()), body)
        match = Match(Route("ANY", "/api/leads", "arn"), {})
        event = events.build(request, match, port=443, request_id="r", now=datetime.now(UTC))
        return self.invoke("leads", event)

    def notify(self) -> dict[str, Any]:
        """Bring notify every lead, and whoever asked to be signed in, as the stream would."""
        items = [
            item for item in self.dynamodb.scan(TableName=self.table)["Items"] if item["pk"]["S"] not in self.brought
        ]
        self.brought |= {item["pk"]["S"] for item in items if item["sk"]["S"] == "SIGNIN"}
        records = [
            {
                "eventName": "INSERT",
                "dynamodb": {"Keys": {"pk": item["pk"], "sk": item["sk"]}, "SequenceNumber": str(n)},
            }
            for n, item in enumerate((item for item in items if item["sk"]["S"] in ("LEAD", "SIGNIN")), 1)
        ]
        return self.invoke("notify", {"Records": records})

    def sweep(self) -> dict[str, Any]:
        """Wake notify as the schedule does."""
        return self.invoke("notify", {"source": "aws.events"})

    def invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """What a function answers to an event."""
        with self.environment_of(function):
            result: dict[str, Any] = import_module(f"functions.{function}.app").lambda_handler(event, self.context)
            return result

    @contextmanager
    def environment_of(self, function: str) -> Iterator[None]:
        """The variables that the template gives this function, and no other's."""
        with pytest.MonkeyPatch.context() as patch:
            for name in {name for each in self.variables.values() for name in each}:
                patch.delenv(name, raising=False)
            for name, value in self.variables[function].items():
                patch.setenv(name, str(value))  # moto keeps a number as one
            yield


@dataclass
class Created:
    """A stack in moto, and what moto's table and mail service held when it was created."""

    table: str
    record: str
    dynamodb: "DynamoDBClient"
    variables: Mapping[str, Mapping[str, str]]
    kept: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = [copy.deepcopy(vars(backend)) for backend in self._backends()]

    def renew(self) -> None:
        """Put table and mail service back to what they were."""
        for backend, kept in zip(self._backends(), self.kept, strict=True):
            vars(backend).clear()
            vars(backend).update(copy.deepcopy(kept))

    def _backends(self) -> list[BaseBackend]:
        return [
            backends[DEFAULT_ACCOUNT_ID][template.REGION]
            for backends in (dynamodb_backends, secretsmanager_backends, ses_backends)
        ]


def renew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the functions new: what a process keeps between invocations belongs to one test.

    The SDK's session stays. It holds what AWS's services are like, which takes long to read, and nothing of a test.
    """
    for package in PACKAGES.values():
        app = import_module(package.handler_module)
        if hasattr(app, "wiring"):
            monkeypatch.setattr(app, "wiring", app.Wiring())
        # Powertools keeps its handler, and with it the standard output of an earlier test, on the standard logger.
        logging.Logger.manager.loggerDict.pop(package.function, None)


@pytest.fixture(scope="session")
def task_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The task root of a site with one article in five languages, compiled once."""
    folder = tmp_path_factory.mktemp("task")
    sample = write_sample(folder, LOCALES, slug="dry-needling-for-sciatica", locales=SITE_LOCALES)
    sample.compile(origin="https://needle.test")
    return sample.out


@pytest.fixture(scope="session")
def created() -> Created:
    """The stack, created once for all tests of this process, for that takes seconds."""
    loaded = template.load(ROOT / "template.yaml", {"AlertDetail": "full"})
    resources = loaded.cloudformation["Resources"]
    moto_tables.hasten()
    moto_models.teach({resource["Type"] for resource in resources.values()})
    # moto would start a container for each record; the tests bring them to notify themselves.
    for name in [name for name, resource in resources.items() if resource["Type"] == "AWS::Lambda::EventSourceMapping"]:
        del resources[name]
    with in_moto(reset=True):
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName="test",
            TemplateBody=json.dumps(loaded.cloudformation),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in loaded.parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        variables = {
            function["Handler"].split(".")[1]: function.get("Environment", {}).get("Variables", {})
            for function in boto3.client("lambda").list_functions()["Functions"]
        }
        created = cloudformation.list_stack_resources(StackName="test")["StackResourceSummaries"]
        names = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in created}
        return Created(names["LeadTable"], names["Erasures"], boto3.client("dynamodb"), variables)


@pytest.fixture
def stack(created: Created, task_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The stack as it was just created, and functions that have not run yet."""
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(task_root))
    created.renew()
    renew(monkeypatch)
    with in_moto():
        yield Stack(created.table, created.record, created.dynamodb, created.variables)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What every function takes for the time."""
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    return clock


@contextmanager
def in_moto(*, reset: bool = False) -> Iterator[None]:
    """What is asked of AWS is asked of moto. What that holds outlives the `with`."""
    moto = mock_aws()
    moto.start(reset=reset)
    try:
        yield
    finally:
        moto.stop(remove_data=False)
