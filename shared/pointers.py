"""Pointers: small items by which a lead is found by its reference, by the month it came, and by the person who wrote.

They hold a lead's id and nothing of what was entered; a person is a digest that only our key can make.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from shared.items import Table, attribute
from shared.lead import Lead
from shared.store import IS_STORED, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

_LEAD: Final = "LEAD#"
# So long is the month in a time. A month of a practice is read by one query, and its writes are no load for one key.
_MONTH: Final = len("2026-11")
_KINDS: Final = ("REFERENCE#", "MONTH#", "PERSON#")
# So many are read at a time, of whom perhaps few are wanted.
_AT_ONCE: Final = 100


class Pointers:
    """The pointers in one table. Each method raises StoreUnavailable when DynamoDB cannot do it."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table = Table(table_name, client)

    def write(self, lead: Lead, person: tuple[str, ...]) -> bool:
        """Write every pointer to a lead, and by whom it is found to the lead itself, all or none.

        So the lead always names all that leads to it, and whoever erases it needs no key to know. A second time changes
        nothing.

        Args:
            lead: The lead.
            person: The digests of the person's number and address, as far as they could be made.

        Returns:
            Whether there is such a lead: one that is being erased gets no pointer that would outlive it.
        """
        expires = {"expires_at": attribute(lead.expires_at)}
        found = keys(lead.id, lead.reference, lead.stored_at, person)
        named = {"person": attribute(person)}
        parts = [self._table.putting({**pointer, **expires}) for pointer in found]
        return not self._table.write_all([self._table.updating(key(lead.id), named, IS_STORED), *parts])

    def of_reference(self, reference: str) -> Iterator[str]:
        """The ids of the leads that have a reference: one, as a rule."""
        return self._leads(f"REFERENCE#{reference}")

    def back(self, before: str, since: str) -> Iterator[str]:
        """Go back over the leads that came in some time, the newest first.

        Args:
            before: A position, or a time (ISO 8601 in UTC): what came earlier is found.
            since: The time of the earliest that is found.

        Yields:
            Each lead's position: `lead_at` says which lead it is of.
        """
        for month in _months(before[:_MONTH], since[:_MONTH]):
            for item in self._table.query(
                KeyConditionExpression="pk = :pk AND sk BETWEEN :since AND :before",
                ExpressionAttributeValues={
                    ":pk": {"S": f"MONTH#{month}"},
                    ":since": {"S": since},
                    ":before": {"S": before},
                },
                ScanIndexForward=False,
                Limit=_AT_ONCE,
            ):
                if (position := item["sk"]["S"]) != before:
                    yield position

    def of_person(self, digest: str) -> Iterator[str]:
        """The ids of the leads of one person, the oldest first."""
        return self._leads(f"PERSON#{digest}")

    def _leads(self, pk: str) -> Iterator[str]:
        for item in self._table.query(KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": pk}}):
            yield lead_at(item["sk"]["S"])


def is_pointer(keys: "Item") -> bool:
    """Whether these are a pointer's keys; `lead_at` says of its `sk` which lead it leads to."""
    return keys["pk"]["S"].startswith(_KINDS)


def position(lead: Lead) -> str:
    """A lead's place among all that were stored, which is in order of time."""
    return f"{lead.stored_at}#{lead.id}"


def lead_at(position: str) -> str:
    """The id of the lead at a position."""
    return position.rpartition("#")[2]


def keys(lead_id: str, reference: str, stored_at: str, person: Iterable[str]) -> "list[Item]":
    """The keys of every pointer to a lead."""
    when = f"{stored_at}#{lead_id}"
    pairs = [(f"REFERENCE#{reference}", f"{_LEAD}{lead_id}"), (f"MONTH#{stored_at[:_MONTH]}", when)]
    pairs += [(f"PERSON#{digest}", when) for digest in person]
    return [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in pairs]


def _months(newest: str, oldest: str) -> "Iterator[str]":
    year, month = map(int, newest.split("-"))
    while (name := f"{year:04}-{month:02}") >= oldest:
        yield name
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
