"""Erasing enquiries: a tombstone in the place of each, and nothing left that names them or their person.

The tombstone refuses every write that comes later: a fact, a pointer, a mail that is about to be written down, the same
submission again. Beside the table stands the record of erasures, a table of its own with the ids of leads and times: a
restore of the first takes back what was erased in it, and this record erases it again.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from shared.errors import StoreUnavailable
from shared.items import Table, attribute
from shared.lead import reference_of, timestamp
from shared.mail_items import MailStore
from shared.pointers import keys
from shared.store import is_tombstone, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

# An enquiry that changes so often between reading and writing is changed by something that never rests.
_TRIES: Final = 8


class Erasure:
    """What erases. Each method raises StoreUnavailable when DynamoDB cannot do it, or not wholly: try again then.

    Args:
        table_name: The table of the leads.
        record_name: The table that records erasures.
        client: DynamoDB.
        mails: The mails about the leads.
        clock: Gives the time in seconds since the epoch.
    """

    def __init__(
        self, table_name: str, record_name: str, client: "DynamoDBClient", mails: MailStore, clock: Callable[[], float]
    ) -> None:
        self._table = Table(table_name, client)
        self._record = Table(record_name, client)
        self._mails = mails
        self._clock = clock

    def erase(self, lead_id: str) -> bool:
        """Erase a lead, or finish where that was interrupted: also one that cannot be read.

        Returns:
            Whether anything was left to be erased.
        """
        for _ in range(_TRIES):
            item = self._table.get(key(lead_id))
            if item is None or (is_tombstone(item) and "mails" not in item):
                return False
            if is_tombstone(item) or self._bury(lead_id, item):
                self._forget(lead_id, item)
                return True
        raise StoreUnavailable("TooManyWriters")

    def again(self) -> Iterator[str]:
        """Erase once more what is on record: for a table that was restored. Yields the ids of those that were back."""
        for record in self._record.scan():
            lead_id = record["lead_id"]["S"]
            if self.erase(lead_id):
                yield lead_id

    def _bury(self, lead_id: str, item: "Item") -> bool:
        """Put the tombstone in the lead's place and remove all pointers to it, at once, if it is still as it was read.

        The tombstone stays for as long as the lead would have been kept, so that the same submission meets it, and the
        record as long as a backup could bring the lead back before its time.
        """
        times: Item = {"erased_at": attribute(timestamp(self._clock())), **_those(item, "expires_at")}
        condition, values = _unchanged(item, "version", "person")
        parts = [
            # Until they are stripped of this lead, it says which mails those are.
            self._table.putting({**key(lead_id), **times, **_those(item, "mails")}, condition, values),
            self._record.putting({"lead_id": attribute(lead_id), **times}),
            *(self._table.deleting(pointer) for pointer in _pointers(lead_id, item)),
        ]
        return not self._table.write_all(parts)

    def _forget(self, lead_id: str, item: "Item") -> None:
        for mail_id in _texts(item, "mails"):
            self._mails.forget(mail_id, lead_id)
        self._table.update(key(lead_id), "attribute_exists(erased_at)", {"mails": None})


def _those(item: "Item", *names: str) -> "Item":
    return {name: item[name] for name in names if name in item}


def _unchanged(item: "Item", *names: str) -> "tuple[str, Item]":
    """The condition that these attributes are as they were read. A fact counts `version` up; filing alone does not."""
    held = {f":{name}": value for name, value in _those(item, *names).items()}
    conditions = [f"{name} = :{name}" if name in item else f"attribute_not_exists({name})" for name in names]
    return " AND ".join(["attribute_exists(pk)", "attribute_not_exists(erased_at)", *conditions]), held


def _pointers(lead_id: str, item: "Item") -> "list[Item]":
    """The keys of all pointers to a lead, whose item may be damaged."""
    stored_at = item.get("stored_at", {}).get("S", "")
    return keys(lead_id, reference_of(lead_id), stored_at, _texts(item, "person"))


def _texts(item: "Item", name: str) -> list[str]:
    return [each["S"] for each in item.get(name, {}).get("L", ())]
