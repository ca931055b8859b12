"""The table in memory answers as moto's does, call for call, whatever the functions ask it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.direct import DirectClient
from tests.integration.conftest import Created, Stack
from tests.life import live
from tests.memory import Memory
from tests.sizes import SEED, sizes
from tests.world import World

pytestmark = pytest.mark.long

RUNS = sizes()[0] // 50
CALLS = (
    *("get_item", "batch_get_item", "put_item", "delete_item", "update_item", "transact_write_items", "query", "scan"),
)


def test_an_index_catches_up_by_the_clock_and_a_read_of_the_item_is_never_late(stack: Stack) -> None:
    now = 0.0
    key, waits = {"pk": {"S": "1"}, "sk": {"S": "1"}}, {"queue": {"S": "x"}, "next_at": {"N": "0"}}
    memory = Memory([stack.dynamodb.describe_table(TableName=stack.table)["Table"]], lambda: now, late=10)

    def indexed() -> int:
        asked: Any = {"KeyConditionExpression": "queue = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}}
        return int(memory.query(TableName=stack.table, IndexName="due", **asked)["Count"])

    memory.put_item(TableName=stack.table, Item=key | waits)

    assert memory.get_item(TableName=stack.table, Key=key, ConsistentRead=True)["Item"] == key | waits
    assert indexed() == 0
    now = 10
    assert indexed() == 1


@pytest.mark.skipif(RUNS < 6, reason="the first are too short to say anything")
def test_it_answers_as_moto_does(created: Created, stack: Stack) -> None:
    calls: dict[str, int] = dict.fromkeys(CALLS, 0)
    moto: list[Any] = []

    class Compared(Memory):
        def __getattribute__(self, name: str) -> Any:
            mine = super().__getattribute__(name)
            if name not in CALLS:
                return mine

            def call(**request: Any) -> Any:
                calls[name] += 1
                answer, theirs = (outcome(method, request) for method in (mine, getattr(moto[-1], name)))
                assert compared(answer) == compared(theirs), (name, request)
                if isinstance(answer, ClientError):
                    raise answer
                return answer

            return call

    def new(patch: pytest.MonkeyPatch, **kind: Any) -> World:
        created.renew()
        moto.append(DirectClient())
        return World(stack, patch, **{**kind, "late": 0}, new_table=Compared)

    live(new, RUNS, SEED)
    assert {"get_item", "update_item", "transact_write_items", "query"} <= {name for name in calls if calls[name]}


def outcome(call: Any, request: dict[str, Any]) -> Any:
    """What a call gives, or its error."""
    try:
        return call(**request)
    except ClientError as error:
        return error


def compared(answer: Any) -> Any:
    """What the stores read of an answer; items in an order of their own, since DynamoDB has none among equals."""
    if isinstance(answer, ClientError):
        said: Any = answer.response
        reasons = [(each["Code"], each.get("Item")) for each in said.get("CancellationReasons", ())]
        return said["Error"]["Code"], said.get("Item"), reasons
    read = {name: answer[name] for name in ("Item", "Attributes", "LastEvaluatedKey") if name in answer}
    found = [*answer.get("Items", ()), *(item for items in answer.get("Responses", {}).values() for item in items)]
    return read, sorted(found, key=repr)
