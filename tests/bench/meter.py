"""The request units that AWS counts for DynamoDB's calls, on a client that really makes them."""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from moto.dynamodb.models.dynamo_type import DynamoType

type Item = dict[str, Any]

# Of each index, the two parts of its key and what else it holds.
_ALERTS_OWED = ("alert_owed", "alert_next_at", ())
_DUE = ("queue", "next_at", ("duties",))


class Units(NamedTuple):
    """Request units; `due_entries` are those of the writes that go to the index `due`."""

    writes: float
    reads: float
    due_entries: int


class Meter:
    """The calls of a DynamoDB client that our stores make.

    A write is one unit for each KB of the item begun, and one for each entry of an index that comes, goes or changes;
    where an entry's key changes, one goes and one comes. In a transaction each item's units count twice, also of one
    that is only looked at. A read is a unit for each 4 KB begun, and half of that if it need not be consistent.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._writes = self._reads = 0.0
        self._due_entries = 0

    def cost(self, call: Callable[[], object]) -> Units:
        """The units that the calls in `call` take."""
        self._writes = self._reads = 0.0
        self._due_entries = 0
        call()
        return Units(self._writes, self._reads, self._due_entries)

    def put_item(self, **put: Any) -> Item:
        """A put."""
        return self._write(self._client.put_item, _key(put["Item"]), put)

    def update_item(self, **update: Any) -> Item:
        """An update."""
        return self._write(self._client.update_item, update["Key"], update)

    def transact_write_items(self, **transaction: Any) -> Item:
        """A transaction of puts and of looks at other items."""
        answer: Item = self._client.transact_write_items(**transaction)
        for step in transaction["TransactItems"]:
            ((kind, part),) = step.items()
            key = _key(part["Item"]) if kind == "Put" else part["Key"]
            self._writes += 2 * _units_of_writing(self.item(part["TableName"], key))
        return answer

    def get_item(self, **get: Any) -> Item:
        """A read, consistent or not."""
        found: Item = self._client.get_item(**get)
        self._reads += units_of_reading(bytes_of(found.get("Item", {}))) * (2 if get.get("ConsistentRead") else 1)
        return found

    def query(self, **query: Any) -> Item:
        """A query. What its filter leaves out was read, too."""
        unfiltered = {name: value for name, value in query.items() if name != "FilterExpression"}
        if "FilterExpression" in query:
            del unfiltered["ExpressionAttributeNames"]
        self._reads += units_of_reading(sum(map(bytes_of, self._client.query(**unfiltered)["Items"])))
        found: Item = self._client.query(**query)
        return found

    def item(self, table: str, key: Item) -> Item:
        """The item under a key, uncounted; empty if there is none."""
        item: Item = self._client.get_item(TableName=table, Key=key).get("Item", {})
        return item

    def _write(self, call: Callable[..., Item], key: Item, arguments: Item) -> Item:
        before = self.item(arguments["TableName"], key)
        answer = call(**arguments)
        after = self.item(arguments["TableName"], key)
        self._writes += max(_units_of_writing(before), _units_of_writing(after))
        due_entries = _entries_written(before, after, *_DUE)
        self._due_entries += due_entries
        self._writes += due_entries + _entries_written(before, after, *_ALERTS_OWED)
        return answer


def units_of_reading(size: float) -> float:
    """What it takes to read so many bytes, if that need not be consistent."""
    return max(1, math.ceil(size / 4096)) / 2


def bytes_of(item: Item) -> int:
    """The size of an item: names and values in UTF-8."""
    return sum(len(name) + DynamoType(value).size() for name, value in item.items())


def _units_of_writing(item: Item) -> int:
    return max(1, math.ceil(bytes_of(item) / 1024))


def _entries_written(before: Item, after: Item, hash_: str, range_: str, more: tuple[str, ...]) -> int:
    """How often one index is written when an item changes."""
    keys = [_values(item, (hash_, range_)) if hash_ in item else None for item in (before, after)]
    if keys[0] != keys[1]:
        return sum(key is not None for key in keys)
    return int(keys[0] is not None and _values(before, more) != _values(after, more))


def _values(item: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    return [item.get(name) for name in names]


def _key(item: Item) -> Item:
    return {name: item[name] for name in ("pk", "sk")}
