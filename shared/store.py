"""The lead store: leads as items of the table.

One item per lead, under `pk = LEAD#<id>`, `sk = LEAD`. Beside its facts stands what follows from them, written with
each of them: `duties` (when each is due) and `next_at` (the earliest), in seconds since the epoch. While there is one
that somebody is woken for, the item carries `queue`, and so appears in the sparse index `due`; while that is the alert
it carries `alert_owed` as well, for the index `alerts-owed` that release 0.2.0 looks at. In the place of an erased lead
stands a tombstone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields, replace
from itertools import batched, islice
from typing import TYPE_CHECKING, Any, Final

from shared.duties import Duty, Hours, duties
from shared.errors import ItemChanged, ItemUnreadable, LeadErased, StoreUnavailable
from shared.items import DUE_INDEX, Table, Watched, attribute, item_of, read_field
from shared.lead import CANARY_ADDRESS, Enquiry, Identity, Lead

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

ALERTS_OWED_INDEX: Final = "alerts-owed"
_OWED: Final = "alert"
_LEAD: Final = "LEAD"
# What holds of a lead's item, and of no tombstone.
IS_STORED: Final = "attribute_exists(stored_at)"
# What is no field of a lead's, but written with it.
_DERIVED: Final = ("duties", "next_at", "queue", "alert_owed")
_FIELDS: Final = tuple(field for field in fields(Lead) if field.name not in ("id", "enquiry"))
# The most that DynamoDB gives in one answer.
_AT_ONCE: Final = 100
# A lead that changes so often between reading and writing is changed by something that never rests.
_TRIES: Final = 8


class LeadStore:
    """The leads in one table.

    Each method that reads or writes leads raises StoreUnavailable when DynamoDB cannot do it.

    Args:
        table_name: The table.
        client: DynamoDB.
        hours: The opening hours, by which duties are due.
    """

    def __init__(self, table_name: str, client: "DynamoDBClient", hours: Hours) -> None:
        self._table = Table(table_name, client)
        self._hours = hours

    def create(self, lead: Lead, identity: Identity, watched: Watched | None = None) -> Lead:
        """Store a lead, unless its identity is stored already.

        One conditional write. The condition's failure brings the stored item along, so there is no second read and
        no moment in which a crash could store a lead twice or not at all.

        Returns:
            The lead that is stored now: `lead` itself, or the one that was stored before.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
            ItemUnreadable: What was stored before is no lead.
            LeadErased: It was stored before, and erased.
            ItemChanged: What is watched has changed, and the lead may not be right any more.
        """
        item = {**key(lead.id), **self._item(lead)}
        stored = self._table.create(item, [key(each) for each in identity.unless], watched)
        if stored is None:
            return lead
        if not is_lead(stored):
            raise ItemChanged(stored)
        if is_tombstone(stored):
            raise LeadErased
        return _lead(stored)

    def read(self, lead_id: str) -> Lead | None:
        """The lead as it is now; None where there is none, or none any more.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
            ItemUnreadable: The item is no lead.
        """
        item = self._table.get(key(lead_id))
        return None if item is None or is_tombstone(item) else _lead(item)

    def erased_at(self, lead_id: str) -> str | None:
        """When a lead was erased; None where it was not. Raises StoreUnavailable."""
        item = self._table.get(key(lead_id))
        return item["erased_at"]["S"] if item and is_tombstone(item) else None

    def read_each(self, lead_ids: Iterable[str]) -> Iterator[Lead]:
        """Those of several leads that are there and can be read: one that is damaged says nothing about the others.

        They come in the order of their ids, a hundred from each call. Whatever lists or counts enquiries has them from
        here, so the canary's are not among them.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
        """
        for some in batched(dict.fromkeys(lead_ids), _AT_ONCE, strict=False):
            found = {lead_id(item): item for item in self._table.get_each([key(each) for each in some])}
            hidden = self._canaries(found)
            for item in (found[each] for each in some if each in found and each not in hidden):
                with suppress(ItemUnreadable):
                    if not is_tombstone(item):
                        yield _lead(item)

    def is_canary(self, lead: Lead) -> bool:
        """Whether the canary sent this enquiry: then it has written that down before.

        The table is asked of those alone that have the canary's address, which is no visitor's: of others this costs
        nothing, and whoever gives that address without being the canary is an enquiry like all.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
        """
        return lead.enquiry.email == CANARY_ADDRESS and self._table.get(canary_key(lead.id)) is not None

    def _canaries(self, found: "Mapping[str, Item]") -> frozenset[str]:
        """Which of a hundred leads at most, by their ids, are the canary's; one call, where any may be."""
        maybe = {each for each, item in found.items() if item.get("email") == {"S": CANARY_ADDRESS}}
        marked = [item["sk"] for item in self._table.get_each([canary_key(each) for each in maybe], ("sk",))]
        return frozenset(each for each in maybe if canary_key(each)["sk"] in marked)

    def entered(self, lead_ids: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
        """What was entered in some fields of several leads: much less than to read them whole.

        Args:
            lead_ids: The leads' ids, none twice, and a hundred at most.
            names: The fields' names; each holds a text, where it was filled in.

        Yields:
            A lead's id, and its values by name.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
        """
        for item in self._table.get_each([key(each) for each in lead_ids], ("pk", *names)):
            yield lead_id(item), {name: item[name]["S"] for name in names if "S" in item.get(name, {})}

    def change(self, lead_id: str, step: Callable[[Lead], Lead | None]) -> Lead | None:
        """Write a fact: read the lead as it is, take a step from it, and write that if nobody wrote in between.

        Args:
            lead_id: The lead's id.
            step: Gives the lead with one fact more (`shared.facts`), or None where there is nothing to write. It is
                called again with the newer lead where somebody was faster.

        Returns:
            The lead as it is stored now, or None where nothing was written: there is no such lead (any more), or
            `step` wanted nothing.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
            ItemUnreadable: The item is no lead.
        """
        for _ in range(_TRIES):
            item = self._table.get(key(lead_id))
            if item is None or is_tombstone(item):
                return None
            was = _lead(item)
            if (wanted := step(was)) is None:
                return None
            new = replace(wanted, version=was.version + 1)
            if self._write(item, was, new):
                return new
        raise StoreUnavailable("TooManyWriters")

    def change_each(self, lead_ids: Iterable[str], step: Callable[[Lead], Lead | None]) -> None:
        """Write a fact of each of several leads. Raises the last failure once all had their turn."""
        failure: StoreUnavailable | None = None
        for lead_id in lead_ids:
            try:
                self.change(lead_id, step)
            except StoreUnavailable as error:  # one must not keep the others from knowing
                failure = error
        if failure:
            raise failure

    def _write(self, item: "Item", was: Lead, new: Lead) -> bool:
        after = self._item(new)
        known = [*(field.name for field in _FIELDS), *_DERIVED]
        changes = {name: after.get(name) for name in known if after.get(name) != item.get(name)}
        # Release 0.2.0 counts no versions, but moves `alert_next_at` with all that it does.
        condition, values = f"{IS_STORED} AND attribute_not_exists(version)", {}
        if was.version:
            condition, values = "version = :was", {":was": attribute(was.version)}
        if "alert_next_at" in item:
            condition, values = f"{condition} AND alert_next_at = :turn", {**values, ":turn": item["alert_next_at"]}
        else:
            condition = f"{condition} AND attribute_not_exists(alert_next_at)"
        return self._table.update(key(was.id), condition, changes, values) is not None

    def due(self, wanted: Iterable[Duty], now: float) -> Iterator[str]:
        """Find the leads of which one of these duties is due. The index may be late: read the lead before acting.

        Args:
            wanted: The duties.
            now: The time in seconds since the epoch.

        Yields:
            Their ids, longest due first.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
        """
        places = {f"#{duty}": duty.value for duty in wanted}
        for item in self._table.query(
            IndexName=DUE_INDEX,
            KeyConditionExpression="queue = :lead AND next_at <= :now",
            FilterExpression=" OR ".join(f"duties.{place} <= :now" for place in places),
            ExpressionAttributeNames=places,
            ExpressionAttributeValues={":lead": {"S": _LEAD}, ":now": attribute(int(now))},
        ):
            yield lead_id(item)

    def open(self, most: int | None = None) -> Iterator[str]:
        """The ids of open leads, of which anything is due, today or later; the index may be late.

        Args:
            most: How many; all where it is not said. What is due first comes first.
        """
        found = self._table.query(
            IndexName=DUE_INDEX,
            KeyConditionExpression="queue = :lead",
            ExpressionAttributeValues={":lead": {"S": _LEAD}},
            **({"Limit": most} if most else {}),
        )
        for item in islice(found, most):
            yield lead_id(item)

    def owed(self, now: float) -> Iterator[str]:
        """Find the leads whose alert is due and of which only `alerts-owed` may know: release 0.2.0 wrote them."""
        for item in self._table.query(
            IndexName=ALERTS_OWED_INDEX,
            KeyConditionExpression="alert_owed = :owed AND alert_next_at <= :now",
            ExpressionAttributeValues={":owed": {"S": _OWED}, ":now": attribute(int(now))},
        ):
            yield lead_id(item)

    def put_off(self, lead_id: str, reason: str, until: int) -> None:
        """Keep an item that is no lead from being due again before `until` (seconds since the epoch)."""
        off = {"alert_error": attribute(reason), "alert_next_at": attribute(until), "next_at": attribute(until)}
        self._table.update(key(lead_id), "attribute_exists(queue) OR attribute_exists(alert_owed)", off)

    def stranded(self) -> Iterator[tuple[str, bool]]:
        """Find the leads whose duties are written down otherwise than they follow now, by reading the whole table.

        Yields:
            The id, and whether something is due that no index shows. A change of nothing mends it, since each writes
            what follows; where opening hours were changed, nothing was wrong.
        """
        for item in self._table.scan(FilterExpression="sk = :lead", ExpressionAttributeValues={":lead": {"S": _LEAD}}):
            if not is_tombstone(item) and (due := self._due_otherwise(item)):
                # What release 0.2.0 stored is in its own index.
                yield lead_id(item), "queue" in due and not {"queue", "alert_owed"} & item.keys()

    def derive_anew(self, lead_id: str) -> None:
        """Write down a lead's duties if they follow otherwise now, since opening hours have changed."""
        item = self._table.get(key(lead_id))
        if item is not None and not is_tombstone(item) and self._due_otherwise(item):
            self.change(lead_id, lambda lead: lead)

    def of_reference(self, reference: str) -> Iterator[str]:
        """The ids of the leads that have a reference, one as a rule, by reading the whole table: also of old ones."""
        wanted = {":lead": {"S": _LEAD}, ":reference": {"S": reference}}
        for item in self._table.scan(
            FilterExpression="sk = :lead AND #reference = :reference",
            ExpressionAttributeNames={"#reference": "reference"},  # a word of DynamoDB's own
            ExpressionAttributeValues=wanted,
        ):
            yield lead_id(item)

    def _item(self, lead: Lead) -> "Item":
        """The attributes of a lead, and what follows from its facts, without its key."""
        due = duties(lead, self._hours)
        # For release 0.2.0: zero is at once, whatever notify's clock says.
        lead = replace(lead, alert_next_at=due.get(Duty.ALERT))
        # The enquiry's fields lie beside the lead's own: one flat item, which a person can read in the console.
        values = {field.name: getattr(lead, field.name) for field in _FIELDS if _is_told(lead, field.name)}
        values |= asdict(lead.enquiry)
        if due:
            values["duties"] = dict(due)
        # Nobody is woken for a review: what is kept back would be read every minute, before all that is due.
        if waking := [at for duty, at in due.items() if duty is not Duty.REVIEW]:
            values |= {"queue": _LEAD, "next_at": min(waking)}
        if Duty.ALERT in due:
            values["alert_owed"] = _OWED
        return {"id": attribute(lead.id), **item_of(values)}

    def _due_otherwise(self, item: "Item") -> "Item | None":
        """What follows from a lead's facts, if it is not what is written there."""
        try:
            due = self._item(_lead(item))
        except ItemUnreadable:  # nothing follows from it, and whoever acts on it says so
            return None
        return due if any(due.get(name) != item.get(name) for name in _DERIVED) else None


def key(lead_id: str) -> "Item":
    """The primary key of a lead."""
    return {"pk": {"S": f"{_LEAD}#{lead_id}"}, "sk": {"S": _LEAD}}


def canary_key(lead_id: str) -> "Item":
    """The primary key of what says that a lead is the canary's (`functions/canary/marks.py`)."""
    return {"pk": {"S": "CANARY"}, "sk": {"S": f"{_LEAD}#{lead_id}"}}


def lead_id(keys: "Item") -> str:
    """The lead's id from an item's keys, as the index and the stream give them."""
    return keys["pk"]["S"].removeprefix(f"{_LEAD}#")


def is_lead(keys: "Item") -> bool:
    """Whether these are a lead's keys."""
    return keys["sk"]["S"] == _LEAD


_DEFAULTS: Final[Mapping[str, Any]] = {field.name: field.default for field in _FIELDS}


def _is_told(lead: Lead, name: str) -> bool:
    """Whether a field says more than that nothing has happened yet."""
    value = getattr(lead, name)
    return name == "alert_next_at" or value != _DEFAULTS[name]


def is_tombstone(item: "Item") -> bool:
    """Whether this stands in the place of a lead that was erased."""
    return "erased_at" in item


def _lead(item: "Item") -> Lead:
    """The lead in an item. Attributes that this code does not know are passed over: later code has written them.

    Raises ItemUnreadable for one that is missing, or of another type than the lead's.
    """
    enquiry = {field.name: read_field(item, field) for field in fields(Enquiry)}
    # The id is what finds the item again, whatever is written in it.
    own = {field.name: read_field(item, field) for field in _FIELDS}
    return Lead(id=lead_id(item), enquiry=Enquiry(**enquiry), **own)
