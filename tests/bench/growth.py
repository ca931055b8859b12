"""What a submit, an alert and a look at the work list cost, by how many leads are stored: our own store on moto."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any

import boto3
from moto.dynamodb.models.dynamo_type import DynamoType

from infra.local.template import REGION
from shared.lead import identity_of_key, reference_of
from shared.store import LeadStore, key
from tests.leads import LEAD
from tests.template.deployed import deploy

type Item = dict[str, Any]

SIZES = (100, 1_000)
OWED = 20
_NOW = 1_795_500_000


class Meter:
    """The calls of a DynamoDB client that the store makes, and the request units that AWS counts for them.

    A write is one unit for each KB of the item begun, and one for each entry of the index that comes or goes; a read is
    half a unit for each 4 KB begun.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self.units = 0.0

    def cost(self, call: Callable[[], object]) -> float:
        """The units that the calls in `call` take."""
        self.units = 0.0
        call()
        return self.units

    def put_item(self, **put: Any) -> Item:
        """A put."""
        return self._write(self._client.put_item, {name: put["Item"][name] for name in ("pk", "sk")}, put)

    def update_item(self, **update: Any) -> Item:
        """An update."""
        return self._write(self._client.update_item, update["Key"], update)

    def query(self, **query: Any) -> Item:
        """A query of the index."""
        found: Item = self._client.query(**query)
        self.units += max(1, math.ceil(sum(map(_bytes, found["Items"])) / 4096)) / 2
        return found

    def _write(self, call: Callable[..., Item], key: Item, arguments: Item) -> Item:
        before = self.item(arguments["TableName"], key)
        answer = call(**arguments)
        after = self.item(arguments["TableName"], key)
        self.units += math.ceil(max(_bytes(before), _bytes(after)) / 1024)
        # A changed key is one entry less and one more.
        entries = [item["alert_next_at"] if "alert_owed" in item else None for item in (before, after)]
        if entries[0] != entries[1]:
            self.units += sum(entry is not None for entry in entries)
        return answer

    def item(self, table: str, key: Item) -> Item:
        """The item under a key; empty if there is none."""
        item: Item = self._client.get_item(TableName=table, Key=key).get("Item", {})
        return item


@dataclass(frozen=True)
class Costs:
    """What one of each costs with so many leads stored, in request units; a scan is a look without the index."""

    stored: int
    submit_writes: float
    alert_writes: float
    look_reads: float
    item_bytes: int

    def scan_reads(self, stored: int) -> float:
        """What it takes to read a table of `stored` leads."""
        return math.ceil(stored * self.item_bytes / 4096) / 2


def measure(stored: int) -> Costs:
    """Costs with `stored` leads in the table, twenty of which are owed an alert."""
    with deploy() as stack:
        table, client = stack["LeadTable"].name, boto3.client("dynamodb", region_name=REGION)
        meter = Meter(client)
        store = LeadStore(table, client=meter)  # type: ignore[arg-type]

        def submit(name: str) -> str:
            identity = identity_of_key(name)
            return store.create(replace(LEAD, id=identity.id, reference=reference_of(identity.id)), identity).id

        def alert(lead_id: str) -> None:
            assert store.claim(lead_id, _NOW, 45)
            store.record_sent(lead_id, "0" * 60, _NOW)

        def look() -> None:
            assert len(list(store.owed(_NOW, 25))) == OWED

        alert(submit("first"))
        done = meter.item(table, key(identity_of_key("first").id))
        for batch in batched(range(stored - OWED - 1), 25, strict=False):
            puts: list[Any] = [{"PutRequest": {"Item": {**done, **key(f"{number:032x}")}}} for number in batch]
            client.batch_write_item(RequestItems={table: puts})
        for number in range(OWED):
            submit(f"waiting {number}")
        look_reads = meter.cost(look)
        submit_writes = meter.cost(lambda: submit("new"))
        alert_writes = meter.cost(lambda: alert(identity_of_key("new").id))
    return Costs(stored, submit_writes, alert_writes, look_reads, _bytes(done))


def _bytes(item: Item) -> int:
    """The size of an item: names and values in UTF-8."""
    return sum(len(name) + DynamoType(value).size() for name, value in item.items())
