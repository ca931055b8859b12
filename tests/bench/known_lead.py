"""The lead that `notify` finds in the table, stored by our own store so that it is what `leads` would have stored."""

from types import SimpleNamespace
from typing import Any

from shared.lead import Identity
from shared.store import LeadStore
from tests.leads import LEAD


def known_lead() -> dict[str, Any]:
    """Its item, in DynamoDB's JSON."""
    puts: list[dict[str, Any]] = []
    recorder: Any = SimpleNamespace(put_item=lambda **put: puts.append(put))
    LeadStore("bench", client=recorder).create(LEAD, Identity(LEAD.id))
    (put,) = puts
    item: dict[str, Any] = put["Item"]
    return item
