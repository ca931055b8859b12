"""The clients that race and die, for the tests of everything that must stand that."""

from typing import Any

import pytest

from tests.integration.conftest import Stack
from tests.memory import Memory
from tests.unquiet import Killed, Unquiet

KEY = {"pk": {"S": "LEAD#1"}, "sk": {"S": "LEAD"}}


@pytest.fixture
def memory(stack: Stack) -> Memory:
    return Memory([stack.dynamodb.describe_table(TableName=stack.table)["Table"]])


def put(client: Any, table: str, value: str) -> None:
    item = {**KEY, "value": {"S": value}}
    client.put_item(TableName=table, Item=item)


def read(client: Any, table: str) -> str | None:
    item = client.get_item(TableName=table, Key=KEY, ConsistentRead=True).get("Item")
    return str(item["value"]["S"]) if item else None


def test_somebody_writes_between_a_read_and_what_follows_and_once(stack: Stack, memory: Memory) -> None:
    client = Unquiet(memory)
    put(client, stack.table, "one")
    client.between.append(lambda: put(client, stack.table, "two"))

    assert [read(client, stack.table) for _ in range(2)] == ["one", "two"]
    put(client, stack.table, "three")
    assert read(client, stack.table) == "three"


@pytest.mark.parametrize(("at", "left"), [(0, None), (1, "one"), (2, "one"), (3, "two"), (4, "two")])
def test_a_call_can_be_the_last_before_it_is_made_or_after(
    stack: Stack, memory: Memory, at: int, left: str | None
) -> None:
    client = Unquiet(memory)
    client.kill(at)

    died = False
    try:
        put(client, stack.table, "one")
        put(client, stack.table, "two")
    except Killed:
        died = True

    assert (read(memory, stack.table), died) == (left, at < 4)
