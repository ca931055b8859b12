"""The stacks that tests run against: the whole one, as `make run` starts it, and that of a small project."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.stack import LocalStack
from tests.privacy import entered, leaks

# A small template, and functions that crash, dawdle and fail on request.
SMALL_PROJECT = Path(__file__).parent / "fixture_project"


def no_site(task_root: Path, origin: str) -> None:
    """The functions of the small project read nothing that is compiled."""


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """The stack of the small project."""
    with LocalStack(project=SMALL_PROJECT, compile_site=no_site) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the small project, to edit."""
    return Path(shutil.copytree(SMALL_PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture(scope="module")
def running() -> Iterator[LocalStack]:
    """The stack from template.yaml. It keeps what earlier tests stored."""
    with LocalStack(parameters={"AlertDetail": "full"}) as stack:
        yield stack
        lines = [line.text for line in stack.logs.lines()]
        assert lines
        assert list(leaks(lines, entered(stack.items()))) == []


def eventually[T](look: Callable[[], T], *, seconds: float = 60) -> T:
    """What `look` gives once it gives something; fails where it never does."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


def make_due(stack: LocalStack) -> None:
    """Let every alert that is still owed be due now, as docs/operations.md tells ops to."""
    client: Any = boto3.client(
        "dynamodb",
        endpoint_url=stack.endpoint.url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    for item in stack.items():
        if "alert_owed" in item:
            client.update_item(
                TableName=stack.cloud.outputs()["LeadTableName"],
                Key={"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}},
                UpdateExpression="SET alert_next_at = :now",
                ExpressionAttributeValues={":now": {"N": "0"}},
            )
    client.close()
