"""The stacks that tests run against: the whole one, as `make run` starts it, and that of a small project."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.cloud import STACK_NAME
from infra.local.stack import LocalStack
from infra.local.template import REGION
from infra.ops import leads
from infra.site import compile_all
from tests import canary
from tests.privacy import entered, leaks

# A small template, and functions that crash, dawdle and fail on request.
SMALL_PROJECT = Path(__file__).parent / "fixture_project"


def no_site(task_root: Path, origin: str) -> None:
    """The functions of the small project read nothing that is compiled."""


def in_this_process(task_root: Path, origin: str) -> None:
    """The site of the project, by a compiler that is loaded once for all stacks and not each time."""
    compile_all(task_root, origin=origin)


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
    with LocalStack(parameters={"AlertDetail": "full"}, compile_site=in_this_process) as stack:
        canary.rests(stack)
        yield stack
        lines = [line.text for line in stack.logs.lines()]
        assert lines
        assert list(leaks(lines, entered(stack.items()))) == []


type MakeLeads = Callable[..., tuple[int, str, str]]


@pytest.fixture
def make_leads(running: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> MakeLeads:
    """Runs a command of `make leads`; its exit status, and what it says on both outputs."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)

    def run(*words: str) -> tuple[int, str, str]:
        status = leads.main([STACK_NAME, *words])
        return status, *capsys.readouterr()

    return run


def eventually[T](look: Callable[[], T], *, seconds: float = 60) -> T:
    """What `look` gives once it gives something; fails where it never does."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


@contextmanager
def table_of(stack: LocalStack) -> Iterator[Any]:
    """The stack's table, as boto3 has it."""
    resource: Any = boto3.resource(
        "dynamodb",
        endpoint_url=stack.endpoint.url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    with closing(resource.meta.client):
        yield resource.Table(stack.cloud.outputs()["LeadTableName"])


def make_due(stack: LocalStack) -> None:
    """Let every alert that is still owed be due now, as docs/operations.md tells ops to."""
    with table_of(stack) as table:
        for item in stack.items():
            if "alert_owed" in item:
                table.update_item(
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET alert_next_at = :now",
                    ExpressionAttributeValues={":now": 0},
                )


def forget_budget(stack: LocalStack) -> None:
    """Let no mail have been sent today."""
    with table_of(stack) as table:
        for item in stack.items():
            if item.get("sk") == "BUDGET":
                table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
