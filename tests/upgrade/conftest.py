"""This release and the last one before the same table: whichever is asked finds what the other left."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import pytest
from moto.ses.models import SESBackend
from samtranslator.yaml_helper import yaml_parse

from tests import last_release
from tests.clock import Clock
from tests.integration.conftest import Created, Stack, created, in_moto, stack, task_root
from tests.upgrade import worker
from tests.upgrade.worker import MAIL_MEETS, Killed

# As fixtures: the stack of this release's template in moto.
__all__ = ["created", "stack", "task_root"]


class Process:
    """The last release's functions, among its own files."""

    def __init__(self, folder: Path, created: Created) -> None:
        last_release.unpack(folder, "functions", "infra", "shared")
        settings = {
            name: str(value)
            for function in ("leads", "notify", "delivery")
            for name, value in created.variables[function].items()
        }
        settings |= {"LEAD_RETENTION_DAYS": "365"}  # the template of 0.2.0 has it
        secrets = {"keys": _keys(settings["KEYS_SECRET"])}
        settings |= {"KEYS_SECRET": "keys"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", worker.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
            env={**os.environ, **settings, "PYTHONPATH": str(folder), "LAMBDA_TASK_ROOT": str(folder / "task")},
        )
        self._write({"table": _table(created.table), "secrets": secrets})

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What becomes of an invocation (`tests/upgrade/worker.py`)."""
        self._write(request)
        assert self._process.stdout
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert answer["error"] is None, answer["error"]
        return answer

    def end(self) -> None:
        """Let it end, and wait for it."""
        self._process.communicate()

    def _write(self, what: Mapping[str, Any]) -> None:
        assert self._process.stdin
        print(json.dumps(what), file=self._process.stdin, flush=True)


def _table(name: str) -> dict[str, Any]:
    """The last release's own table, as DynamoDB is asked to create it."""
    described = yaml_parse(last_release.file("template.yaml"))["Resources"]["LeadTable"]["Properties"]
    asked = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {"TableName": name, **{each: described[each] for each in asked}}


def _keys(secret_id: str) -> str:
    """This release's keys: an upgrade and a rollback keep them."""
    with in_moto():
        return boto3.client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]


@dataclass
class Release(Stack):
    """A release's functions; `mail_meets` is what becomes of their mails (`MAIL_MEETS`)."""

    mail_meets: str = "yes"

    def bring(self, lead_id: str) -> dict[str, Any]:
        """Bring notify this lead as the stream would."""
        keys = {"pk": {"S": f"LEAD#{lead_id}"}, "sk": {"S": "LEAD"}}
        return self.invoke("notify", {"Records": [{"dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]})

    def hear(self, lead_id: str, **said: str) -> dict[str, Any]:
        """Bring delivery what SES says of the lead's first alert."""
        event = {"mail": f"alert-{lead_id}-1", "message_id": "0100-1", **said}
        record = {"eventSource": "aws:sqs", "receiptHandle": "r", "messageId": "1", "attributes": {}}
        return self.invoke("delivery", {"Records": [record | {"body": json.dumps(event)}]})

    def lead(self, lead_id: str) -> dict[str, Any]:
        """One lead or tombstone, attribute values without their types."""
        (lead,) = (lead for lead in self.leads() if lead["pk"] == f"LEAD#{lead_id}")
        return lead


class ThisRelease(Release):
    """The functions of this release."""

    def invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """What a function answers to an event; nothing if it was killed."""
        met = MAIL_MEETS.get(self.mail_meets)
        with mock.patch.object(SESBackend, "send_raw_email", side_effect=met) if met else nullcontext():
            try:
                return super().invoke(function, event)
            except Killed:
                return {}


@dataclass
class LastRelease(Release):
    """The functions of the last release."""

    process: Process = field(kw_only=True)
    clock: Clock = field(kw_only=True)
    sent: list[EmailMessage] = field(default_factory=list)

    def invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """What a function answers to an event; nothing if it was killed."""
        items = self.dynamodb.scan(TableName=self.table)["Items"]
        invocation = {"function": function, "event": event, "now": self.clock.now, "mail_meets": self.mail_meets}
        answer = self.process.ask({**invocation, "items": items})
        for item in answer["items"]:
            if item not in items:
                self.dynamodb.put_item(TableName=self.table, Item=item)
        for keys in ({"pk": item["pk"], "sk": item["sk"]} for item in items):
            if not any(keys.items() <= item.items() for item in answer["items"]):
                self.dynamodb.delete_item(TableName=self.table, Key=keys)
        self.sent += [BytesParser(policy=default).parsebytes(raw.encode()) for raw in answer["mails"]]
        return answer["answer"] or {}

    def mails(self) -> list[EmailMessage]:
        """Every mail of this release that SES accepted, oldest first."""
        return self.sent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    return clock


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory, created: Created) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("last-release"), created)
    yield process
    process.end()


@pytest.fixture
def now(stack: Stack, clock: Clock) -> ThisRelease:
    """This release; its clock is moved by hand."""
    return ThisRelease(stack.table, stack.record, stack.dynamodb, stack.variables)


@pytest.fixture
def before(stack: Stack, clock: Clock, process: Process) -> LastRelease:
    """The last release, with the same clock and table."""
    return LastRelease(stack.table, stack.record, stack.dynamodb, stack.variables, process=process, clock=clock)
