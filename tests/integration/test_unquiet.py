"""The clients that race, lag and die, for the tests of everything that must stand that."""

from typing import Any

import pytest

from tests.integration.conftest import Stack
from tests.unquiet import Killed, Unquiet

KEY = {"pk": {"S": "LEAD#1"}, "sk": {"S": "LEAD"}}


def put(client: Any, table: str, value: str) -> None:
    item = {**KEY, "value": {"S": value}, "alert_owed": {"S": "alert"}, "alert_next_at": {"N": "0"}}
    client.put_item(TableName=table, Item=item)


def indexed(client: Any, table: str) -> int:
    query = {"KeyConditionExpression": "alert_owed = :owed", "ExpressionAttributeValues": {":owed": {"S": "alert"}}}
    return int(client.query(TableName=table, IndexName="alerts-owed", **query)["Count"])


def read(client: Any, table: str) -> str | None:
    item = client.get_item(TableName=table, Key=KEY, ConsistentRead=True).get("Item")
    return str(item["value"]["S"]) if item else None


def test_an_index_catches_up_by_the_clock_and_a_read_of_the_item_is_never_late(stack: Stack) -> None:
    now = 0.0
    client = Unquiet(stack.dynamodb, lambda: now, late=10)

    put(client, stack.table, "one")

    assert (read(client, stack.table), indexed(client, stack.table)) == ("one", 0)
    now = 10
    assert indexed(client, stack.table) == 1


def test_somebody_writes_between_a_read_and_what_follows_and_once(stack: Stack) -> None:
    client = Unquiet(stack.dynamodb, lambda: 0)
    put(client, stack.table, "one")
    client.between.append(lambda: put(client, stack.table, "two"))

    assert [read(client, stack.table) for _ in range(2)] == ["one", "two"]
    put(client, stack.table, "three")
    assert read(client, stack.table) == "three"


@pytest.mark.parametrize(("at", "left"), [(0, None), (1, "one"), (2, "one"), (3, "two"), (4, "two")])
def test_a_call_can_be_the_last_before_it_is_made_or_after(stack: Stack, at: int, left: str | None) -> None:
    client = Unquiet(stack.dynamodb, lambda: 0)
    client.kill(at)

    died = False
    try:
        put(client, stack.table, "one")
        put(client, stack.table, "two")
    except Killed:
        died = True

    assert (read(stack.dynamodb, stack.table), died) == (left, at < 4)
