"""DynamoDB in memory: what the stores use of it, as quick as a dictionary.

moto takes a millisecond for a call, and what becomes of an enquiry amid faults is thousands of them. That it answers as
moto does is tested call for call (`tests/integration/test_memory.py`).
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.conditions import Item, condition, holds, value

_FAILED: Final = "ConditionalCheckFailed"
_VERBS: Final = re.compile(r"(SET|REMOVE|ADD) (.+?)(?= (?:SET|REMOVE|ADD) |$)")
_SET: Final = re.compile(r"(#\w+) = (?:(if_not_exists)\(#\w+, (:\w+)\)|(:\w+))")


# By their keys. An item is replaced and never changed, so a copy of the dictionary keeps all of it.
type Items = dict[tuple[str, ...], Item]


@dataclass
class Held:
    """A table: the names of its keys, and of each index those of its keys and of what it shows."""

    keys: tuple[str, ...]
    indexes: Mapping[str, tuple[tuple[str, ...], frozenset[str]]]
    items: Items = field(default_factory=dict)
    # What it held from a time on, the oldest first; kept for indexes that are late.
    past: deque[tuple[float, Items]] = field(default_factory=deque)

    def at(self, item: Item) -> tuple[str, ...]:
        """By what it is found."""
        return tuple(item[name]["S"] for name in self.keys)

    def held(self, at: float) -> Items:
        """What it held at some time."""
        while len(self.past) > 1 and self.past[1][0] <= at:
            self.past.popleft()
        return self.past[0][1] if self.past and self.past[0][0] <= at else {}


class Memory:
    """A client with its tables.

    Args:
        descriptions: What DynamoDB's `DescribeTable` says of each.
        clock: Gives the time in seconds since the epoch.
        late: How many seconds indexes are late.
    """

    def __init__(
        self, descriptions: Iterable[Any], clock: Callable[[], float] = lambda: 0.0, late: float = 0.0
    ) -> None:
        self.tables = {each["TableName"]: _held(each) for each in descriptions}
        self.writes = 0
        self._clock = clock
        self._late = late

    def keep(self) -> Callable[[], None]:
        """Remember what the tables hold; what comes back takes them back to it."""
        kept = [(table, dict(table.items), table.past.copy()) for table in self.tables.values()]

        def take_back() -> None:
            for table, items, past in kept:
                table.items, table.past = dict(items), past.copy()

        return take_back

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool) -> Item:  # noqa: N803 - botocore's names
        """As boto3's, and so are all that follow."""
        table = self.tables[TableName]
        item = table.items.get(table.at(Key))
        return {} if item is None else {"Item": dict(item)}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> Any:  # noqa: N803
        found = {}
        for name, asked in RequestItems.items():
            table = self.tables[name]
            items = [table.items[table.at(key)] for key in asked["Keys"] if table.at(key) in table.items]
            found[name] = [_projected(item, asked) for item in items]
        return {"Responses": found, "UnprocessedKeys": {}}

    def batch_write_item(self, *, RequestItems: Mapping[str, Any]) -> Any:  # noqa: N803
        for name, puts in RequestItems.items():
            for each in puts:
                self.put_item(TableName=name, Item=each["PutRequest"]["Item"])
        return {"UnprocessedItems": {}}

    def put_item(self, **request: Any) -> Item:
        self._alone("PutItem", {"Put": request})
        return {}

    def delete_item(self, **request: Any) -> Item:
        self._alone("DeleteItem", {"Delete": request})
        return {}

    def update_item(self, **request: Any) -> Item:
        self._alone("UpdateItem", {"Update": request})
        table = self.tables[request["TableName"]]
        return {"Attributes": dict(table.items[table.at(request["Key"])])}

    def transact_write_items(self, *, TransactItems: list[Mapping[str, Any]]) -> Item:  # noqa: N803
        parts = [next(iter(each.items())) for each in TransactItems]
        places = [(part["TableName"], *self._place(part)) for _, part in parts]
        if len(set(places)) < len(parts) or len(parts) > 100:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": ""}}, "TransactWriteItems")
        reasons = [self._refusal(part) for _, part in parts]
        if any(reasons):
            said = [reason or {"Code": "None"} for reason in reasons]
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": said,
            }
            raise ClientError(answer, "TransactWriteItems")
        for verb, part in parts:
            self._act(verb, part)
        return {}

    def query(self, *, TableName: str, KeyConditionExpression: str, **request: Any) -> Any:  # noqa: N803
        table = self.tables[TableName]
        keys, shown = table.indexes.get(request.get("IndexName", ""), (table.keys, None))
        is_late = bool(self._late and shown)
        items, wanted = (
            table.held(self._clock() - self._late) if is_late else table.items,
            condition(KeyConditionExpression),
        )
        found = [each for each in items.values() if all(name in each for name in keys) and holds(wanted, each, request)]
        found.sort(key=lambda item: value(item[keys[1]]), reverse=not request.get("ScanIndexForward", True))
        if shown:
            found = [{name: value for name, value in item.items() if name in shown} for item in found]
        return self._page(table, found, request)

    def scan(self, *, TableName: str, **request: Any) -> Any:  # noqa: N803
        table = self.tables[TableName]
        return self._page(table, list(table.items.values()), request)

    def _page(self, table: Held, found: list[Item], request: Mapping[str, Any]) -> Any:
        start, more = 0, {}
        if "ExclusiveStartKey" in request:
            start = 1 + [table.at(item) for item in found].index(table.at(request["ExclusiveStartKey"]))
        end = start + request.get("Limit", len(found))
        if end < len(found):
            more = {"LastEvaluatedKey": {name: found[end - 1][name] for name in table.keys}}
        filtered = condition(request["FilterExpression"]) if "FilterExpression" in request else None
        items = [item for item in found[start:end] if filtered is None or holds(filtered, item, request)]
        return {"Items": [_projected(item, request) for item in items], "Count": len(items), **more}

    def _alone(self, name: str, part: Mapping[str, Any]) -> None:
        ((verb, request),) = part.items()
        if refusal := self._refusal(request):
            answer: Any = {**refusal, "Error": {"Code": f"{_FAILED}Exception", "Message": ""}}
            raise ClientError(answer, name)
        self._act(verb, request)

    def _refusal(self, part: Mapping[str, Any]) -> Any:
        table = self.tables[part["TableName"]]
        item = table.items.get(self._place(part))
        if "ConditionExpression" not in part or holds(condition(part["ConditionExpression"]), item or {}, part):
            return None
        is_told = item and part.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return {"Code": _FAILED} | ({"Item": dict(item or {})} if is_told else {})

    def _act(self, verb: str, part: Mapping[str, Any]) -> None:
        table, place = self.tables[part["TableName"]], self._place(part)
        items = table.items
        if verb == "Put":
            items[place] = dict(part["Item"])
        elif verb == "Delete":
            items.pop(place, None)
        elif verb == "Update":
            items[place] = _updated(items.get(place) or part["Key"], part)
        self.writes += verb != "ConditionCheck"
        if self._late and table.indexes:
            table.past.append((self._clock(), dict(items)))

    def _place(self, part: Mapping[str, Any]) -> tuple[str, ...]:
        return self.tables[part["TableName"]].at(part.get("Key") or part["Item"])


def _held(description: Any) -> Held:
    keys = _names(description["KeySchema"])
    indexes = {}
    for index in description.get("GlobalSecondaryIndexes", ()):
        own = _names(index["KeySchema"])
        indexes[index["IndexName"]] = own, frozenset({*keys, *own, *index["Projection"].get("NonKeyAttributes", ())})
    return Held(keys, indexes)


def _names(schema: Any) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in schema)


def _projected(item: Item, request: Mapping[str, Any]) -> Item:
    if "ProjectionExpression" not in request:
        return dict(item)
    names = request.get("ExpressionAttributeNames", {})
    wanted = [names.get(each, each) for each in request["ProjectionExpression"].split(", ")]
    return {name: item[name] for name in wanted if name in item}


def _updated(item: Item, part: Mapping[str, Any]) -> Item:
    names, values, new = part.get("ExpressionAttributeNames", {}), part.get("ExpressionAttributeValues", {}), dict(item)
    for verb, said in _VERBS.findall(part["UpdateExpression"]):
        if verb == "SET":
            for place, once, first, always in _SET.findall(said):
                name = names[place]
                new[name] = item[name] if once and name in item else values[first or always]
        elif verb == "REMOVE":
            for place in said.split(", "):
                new.pop(names[place], None)
        else:
            for each in said.split(", "):
                place, value = each.split()
                before = item.get(names[place], {"N": "0"})
                new[names[place]] = {"N": str(int(before["N"]) + int(values[value]["N"]))}
    return new
