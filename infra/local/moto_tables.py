"""moto's tables, hastened: from some hundred leads on, its own take seconds for what DynamoDB does at once."""

import copy
import json
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

# moto copies a table for each write of a transaction, to go back to: a bundle's alone would copy it a hundred times.
_transacting = threading.local()
_transact: Callable[[Any, Any], None] = DynamoDBBackend.transact_write_items


def hasten() -> None:
    """Makes every table of this process copy and sort its items in another way; what it answers is the same."""
    changed: Any = Table
    changed.__deepcopy__, changed.all_items = _as_it_is, _all_items
    backend: Any = DynamoDBBackend
    backend.transact_write_items = _transact_write_items
    SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": _Answer}


class _Answer(JSONSerializer):
    """An answer whose attribute values go out as moto keeps them.

    Each is a structure of ten types, of which it has one. moto looks for all ten, under every name that Python might
    have for them.
    """

    def _serialize_type_structure(self, serialized: MutableMapping[str, Any], value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue":
            serialized[key] = value
        else:
            super()._serialize_type_structure(serialized, value, shape, key)

    def _serialize_body(self, body: Mapping[str, Any]) -> str:
        return json.dumps(
            body, default=lambda value: b64encode(value).decode() if isinstance(value, bytes) else value.to_json()
        )


def _as_it_is(table: Any, _: object) -> Any:
    """A copy of a table. Values and the stream's records are replaced and never changed, so they need no copies."""
    if getattr(_transacting, "is_so", False):
        return table
    kept = copy.copy(table)
    kept.items = copy.copy(table.items)
    for key, found in table.items.items():
        # One item, where the table's key has one part.
        kept.items[key] = (
            _copied(found) if isinstance(found, Item) else {at: _copied(each) for at, each in found.items()}
        )
    if table.stream_shard:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.table, kept.stream_shard.items = kept, list(table.stream_shard.items)
    return kept


def _transact_write_items(backend: Any, transact_items: Sequence[Mapping[str, Any]]) -> None:
    """moto's own, but what the transaction is about is what is taken back where it fails."""
    parts = [part for named in transact_items for part in named.values() if part.get("TableName") in backend.tables]
    take_back = [_kept(backend, part) for part in parts]
    _transacting.is_so = True
    try:
        _transact(backend, transact_items)
    except Exception:
        for each in take_back:
            each()
        raise
    finally:
        _transacting.is_so = False


def _kept(backend: Any, part: Mapping[str, Any]) -> Callable[[], None]:
    """Remember the item that a part of a transaction is about; what comes back puts it back."""
    table, key = backend.tables[part["TableName"]], part.get("Key") or part["Item"]
    at, range_at = (DynamoType(key[name]) if name else None for name in (table.hash_key_attr, table.range_key_attr))
    records = table.stream_shard.items if table.stream_shard else []
    found, length = table.items.get(at), len(records)
    was = found if found is None or range_at is None else found.get(range_at)
    was = _copied(was) if was else None

    def take_back() -> None:
        del records[length:]
        items, place = (table.items, at) if range_at is None else (table.items[at], range_at)
        if was:
            items[place] = was
        else:
            items.pop(place, None)

    return take_back


def _copied(item: Item) -> Item:
    copied = Item(item.hash_key, item.range_key, {})
    dict.update(copied.attrs, item.attrs)
    return copied


def _all_items(table: Any) -> list[Item]:
    """Every item in order of its key, which each query asks for. moto takes keys apart for each comparison."""
    found = table.items.values()
    items = [item for each in found for item in ([each] if isinstance(each, Item) else each.values())]
    return sorted(items, key=lambda item: tuple(part.cast_value for part in (item.hash_key, item.range_key) if part))
