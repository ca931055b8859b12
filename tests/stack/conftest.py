"""The whole stack, started once for the tests of a session, as `make run` starts it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from infra.local.stack import LocalStack
from tests.privacy import entered, leaks


@pytest.fixture(scope="module")
def running() -> Iterator[LocalStack]:
    """The stack from template.yaml. It keeps what earlier tests stored."""
    with LocalStack(parameters={"AlertDetail": "full"}) as stack:
        yield stack
        lines = [line.text for line in stack.log_lines()]
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
        endpoint_url=stack.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    for item in stack.items():
        if "alert_owed" in item:
            client.update_item(
                TableName=stack.outputs()["LeadTableName"],
                Key={"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}},
                UpdateExpression="SET alert_next_at = :now",
                ExpressionAttributeValues={":now": {"N": "0"}},
            )
    client.close()
