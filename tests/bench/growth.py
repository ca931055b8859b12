"""What a submit, an alert and a sweep cost, by how many leads are stored: our own store on a model of DynamoDB.

The model keeps items by key and the index in order, as DynamoDB does, and counts what DynamoDB would charge. A test has
it answer what moto answers.
"""

import math
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from shared.lead import Lead, identity_of_key, reference_of
from shared.store import ALERTS_OWED_INDEX, LeadStore, key
from tests.leads import LEAD

type Item = dict[str, Any]

SIZES = (1_000, 10_000, 100_000, 1_000_000)
OWED = 20
_MEASURED = 50
_NOW = 1_795_500_000


class Table:
    """One table with its sparse index, behind the calls of a DynamoDB client that the store makes.

    Attributes:
        write_units: Write request units so far: one for each KB of an item begun, and the same for its index entry.
        read_units: Read request units so far: half of one for each 4 KB begun.
        looked_at: Items and index entries that were looked at.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    """

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self._index: list[tuple[int, str]] = []
        self.write_units = self.read_units = 0.0
        self.looked_at = 0

    def fill(self, count: int) -> None:
        """Store `count` leads whose alert was sent long ago; they share one item, for nobody reads it."""
        done = _as_stored(LEAD)
        for number in range(count):
            self.items[f"LEAD#{number:032x}"] = done

    def put_item(self, **put: Any) -> Item:
        """A put on the condition that there is no such item."""
        pk = put["Item"]["pk"]["S"]
        self._change(pk, put["Item"], _holds(put["ConditionExpression"], self.items.get(pk), {}))
        return {}

    def update_item(self, **update: Any) -> Item:
        """An update on a condition."""
        pk, values = update["Key"]["pk"]["S"], update["ExpressionAttributeValues"]
        item = self.items.get(pk)
        changed = _updated(item or {}, update["UpdateExpression"], values)
        self._change(pk, changed, _holds(update["ConditionExpression"], item, values))
        return {"Attributes": changed} if update["ReturnValues"] == "ALL_NEW" else {}

    def query(self, **query: Any) -> Item:
        """A query of the index for what is due."""
        assert query["IndexName"] == ALERTS_OWED_INDEX
        due = bisect_right(self._index, (int(query["ExpressionAttributeValues"][":now"]["N"]), "\uffff"))
        found = [key(pk.removeprefix("LEAD#")) for _, pk in self._index[: min(due, query["Limit"])]]
        self.looked_at += len(found)
        self.read_units += max(1, math.ceil(sum(map(_bytes, found)) / 4096)) / 2
        return {"Items": found}

    def _change(self, pk: str, item: Item, allowed: bool) -> None:
        before = self.items.get(pk)
        self.looked_at += 1
        self.write_units += math.ceil(max(_bytes(before or {}), _bytes(item)) / 1024)
        if not allowed:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "")
        self.items[pk] = item
        old, new = _entry(pk, before), _entry(pk, item)
        if old != new:
            # A changed key is one entry less and one more, and each is a write.
            if old:
                self.write_units += 1
                del self._index[bisect_left(self._index, old)]
            if new:
                self.write_units += 1
                insort(self._index, new)


@dataclass(frozen=True)
class Costs:
    """What one of each costs with so many leads stored: request units, and what had to be looked at."""

    stored: int
    submit_writes: float
    alert_writes: float
    sweep_reads: float
    looked_at: float
    scan_reads: float


def measure(stored: int) -> Costs:
    """Costs with `stored` leads in the table, twenty of which are owed an alert."""
    table = Table()
    store = LeadStore("growth", client=table)  # type: ignore[arg-type]
    table.fill(stored - OWED)
    for number in range(OWED):
        _submit(store, f"waiting {number}")
    table.write_units = table.read_units = table.looked_at = 0
    leads = [_submit(store, f"new {number}") for number in range(_MEASURED)]
    submit_writes, table.write_units = table.write_units, 0
    for lead in leads:
        assert store.claim(lead.id, _NOW, 45)
        store.record_sent(lead.id, "0" * 60, _NOW)
    for _ in range(_MEASURED):
        assert len(list(store.owed(_NOW, 25))) == OWED
    return Costs(
        stored=stored,
        submit_writes=submit_writes / _MEASURED,
        alert_writes=table.write_units / _MEASURED,
        sweep_reads=table.read_units / _MEASURED,
        looked_at=table.looked_at / _MEASURED,
        scan_reads=math.ceil(stored * _bytes(_as_stored(LEAD)) / 4096) / 2,
    )


def item_bytes() -> int:
    """How large a stored lead is."""
    return _bytes(_as_stored(LEAD))


def _submit(store: LeadStore, request_key: str) -> Lead:
    identity = identity_of_key(request_key)
    return store.create(replace(LEAD, id=identity.id, reference=reference_of(identity.id)), identity)


def _as_stored(lead: Lead) -> Item:
    table = Table()
    LeadStore("growth", client=table).create(lead, identity_of_key("any"))  # type: ignore[arg-type]
    (item,) = table.items.values()
    return {name: value for name, value in item.items() if not name.startswith("alert_")}


def _entry(pk: str, item: Item | None) -> tuple[int, str] | None:
    return (int(item["alert_next_at"]["N"]), pk) if item and "alert_owed" in item else None


def _holds(condition: str, item: Item | None, values: Mapping[str, Any]) -> bool:
    return all(_term_holds(term, item or {}, values) for term in condition.split(" AND "))


def _term_holds(term: str, item: Item, values: Mapping[str, Any]) -> bool:
    match re.split(r"[ ()]+", term.strip("() ")):
        case ["attribute_exists", name]:
            return name in item
        case ["attribute_not_exists", name]:
            return name not in item
        case [name, "=", value]:
            return bool(item.get(name) == values[value])
        case [name, "<=", value]:
            return name in item and int(item[name]["N"]) <= int(values[value]["N"])
    raise NotImplementedError(term)


def _updated(item: Item, expression: str, values: Mapping[str, Any]) -> Item:
    changed = dict(item)
    for action, arguments in _clauses(expression):
        for argument in arguments.split(","):
            match action, argument.replace("=", " ").split():
                case "SET", [name, value]:
                    changed[name] = values[value]
                case "ADD", [name, value]:
                    changed[name] = {"N": str(int(changed.get(name, {"N": 0})["N"]) + int(values[value]["N"]))}
                case "REMOVE", [name]:
                    changed.pop(name, None)
                case _:
                    raise NotImplementedError(expression)
    return changed


def _clauses(expression: str) -> Iterator[tuple[str, str]]:
    parts = re.split(r"\b(SET|ADD|REMOVE)\b", expression)[1:]
    return zip(parts[::2], parts[1::2], strict=True)


def _bytes(value: Any) -> int:
    """The size of an item or a value: names and strings in UTF-8, numbers about half a byte a digit.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    match value:
        case {"S": str(text)}:
            return len(text.encode())
        case {"N": number}:
            return len(str(number)) // 2 + 2
        case {"M": members}:
            return 3 + _bytes(members)
        case {"L": members}:
            return 3 + sum(1 + _bytes(member) for member in members)
        case dict():
            return sum(len(name) + _bytes(each) for name, each in value.items())
    raise TypeError(f"no size for {value!r}")
