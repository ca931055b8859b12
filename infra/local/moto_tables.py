"""moto's tables, hastened: from some hundred leads on, its own take seconds for what DynamoDB does at once."""

import copy
import json
from base64 import b64encode
from collections.abc import Mapping, MutableMapping
from typing import Any

from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table


def hasten() -> None:
    """Makes every table of this process copy and sort its items in another way; what it answers is the same."""
    changed: Any = Table
    changed.__deepcopy__, changed.all_items = _as_it_is, _all_items
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
    """A table to which moto goes back where a transaction fails: it makes one for each of a transaction's writes.

    Values and the stream's records are replaced and never changed, so they need no copies.
    """
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


def _copied(item: Item) -> Item:
    copied = Item(item.hash_key, item.range_key, {})
    dict.update(copied.attrs, item.attrs)
    return copied


def _all_items(table: Any) -> list[Item]:
    """Every item in order of its key, which each query asks for. moto takes keys apart for each comparison."""
    found = table.items.values()
    items = [item for each in found for item in ([each] if isinstance(each, Item) else each.values())]
    return sorted(items, key=lambda item: tuple(part.cast_value for part in (item.hash_key, item.range_key) if part))
