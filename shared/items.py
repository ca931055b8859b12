"""Items of the table: attribute values and back, and the calls that every store makes.

Every call to DynamoDB stands in `shared/items.py`; every key and condition in the store whose items they are of
(`shared/store.py` the leads, `shared/mail_items.py` the mails).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args, get_origin

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws import aws_client
from shared.errors import ItemUnreadable, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Item = dict[str, AttributeValueTypeDef]
    type Part = Any  # of a transaction

# Sparse, and shared by all that waits for a time: `queue` says what it is, `next_at` (seconds since the epoch) when.
DUE_INDEX: Final = "due"
# Seconds to wait, from try to try, for another transaction on the same item to end, or for room to read more.
_PAUSES: Final = (0.05, 0.1, 0.2)


class Watched(NamedTuple):
    """An item that is not to be another than it was known: its key, and its version then; 0 where there was none."""

    key: "Item"
    version: int


class Table:
    """One DynamoDB table. Each method raises StoreUnavailable when DynamoDB cannot do it."""

    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self.name = name
        self._client = client

    def changed(self, watched: Watched) -> "Item | None":
        """The item as it is now, if it is another than it was known; it takes no right to read the table."""
        return self._transact([self._check(watched)])

    def create(self, item: "Item", unless: "Sequence[Item]", watched: Watched | None = None) -> "Item | None":
        """Write a new item, unless it is there, or one with a key of `unless`, or what is watched has changed.

        Returns:
            The item that kept this one from being written, in that order; None where it was written.
        """
        condition: Any = {
            "TableName": self.name,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        put: Any = {"Item": item, **condition}
        checks: list[Any] = [{"ConditionCheck": {"Key": each, **condition}} for each in unless]
        if watched:
            try:
                return self._transact([{"Put": put}, *checks, self._check(watched)])
            except StoreUnavailable as error:
                # Another transaction on what is watched, or whatever else may be wrong with watching: write without.
                # Where DynamoDB was not reached, there is no time to try as long again.
                if not isinstance(error.__cause__, ClientError):
                    raise
        if checks:
            return self._transact([{"Put": put}, *checks])
        return self._unless(lambda: self._client.put_item(**put))

    def get(self, key: "Item") -> "Item | None":
        """The item as it is now, or None: a consistent read."""
        answer = self.call(lambda: self._client.get_item(TableName=self.name, Key=key, ConsistentRead=True))
        return answer.get("Item")

    def get_each(self, keys: "Sequence[Item]", attributes: Sequence[str] = ()) -> "Iterator[Item]":
        """Those of several items that are there, as they are now, in no order.

        Args:
            keys: Their keys, none twice, and a hundred at most.
            attributes: Which of their attributes are wanted; all where none is named.
        """
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        wanted: Any = {"Keys": keys, "ConsistentRead": True}
        if names:
            wanted |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        asked: Any = {self.name: wanted} if keys else {}
        for pause in (*_PAUSES, None):
            if not asked:
                return
            answer = self.call(lambda: self._client.batch_get_item(RequestItems=asked))
            yield from answer["Responses"].get(self.name, ())
            # More than fits into an answer, or than it reads in a second.
            if (asked := answer.get("UnprocessedKeys")) and pause:
                time.sleep(pause)
        raise StoreUnavailable("UnprocessedKeys")

    def put(self, item: "Item", condition: str | None = "attribute_not_exists(pk)") -> bool:
        """Write an item; False where the condition did not hold."""
        conditions: Any = {"ConditionExpression": condition} if condition else {}
        return self._if_holds(lambda: self._client.put_item(TableName=self.name, Item=item, **conditions)) is not None

    def update(
        self,
        key: "Item",
        condition: str,
        changes: "Mapping[str, AttributeValueTypeDef | None]",
        values: "Item | None" = None,
        *,
        add: "Item | None" = None,
        once: Iterable[str] = (),
    ) -> "Item | None":
        """Change attributes of one item.

        Args:
            key: The item's key.
            condition: Under what condition; it may use `values`.
            changes: The attributes' new values by name; None removes one.
            values: What the condition names, such as `:now`.
            add: Numbers to add to attributes, by name.
            once: Names of attributes that keep the value that they have.

        Returns:
            The item as it is now, or None where the condition did not hold.
        """
        names = {f"#{number}": name for number, name in enumerate([*changes, *(add or {})])}
        places = {name: place for place, name in names.items()}
        set_, removed, bound = [], [], dict(values or {})
        for name, value in changes.items():
            place = places[name]
            if value is None:
                removed.append(place)
                continue
            bound[f":{place[1:]}"] = value
            first = f"if_not_exists({place}, :{place[1:]})" if name in once else f":{place[1:]}"
            set_.append(f"{place} = {first}")
        bound |= {f":{places[name][1:]}": value for name, value in (add or {}).items()}
        added = [f"{places[name]} :{places[name][1:]}" for name in add or {}]
        parts = {"SET": set_, "REMOVE": removed, "ADD": added}
        update: Any = {
            "TableName": self.name,
            "Key": key,
            "UpdateExpression": " ".join(f"{verb} {', '.join(each)}" for verb, each in parts.items() if each),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ReturnValues": "ALL_NEW",
        }
        if bound:  # DynamoDB takes no empty ones
            update["ExpressionAttributeValues"] = bound
        answer = self._if_holds(lambda: self._client.update_item(**update))
        return None if answer is None else answer["Attributes"]

    def write_all(self, parts: "Sequence[Part]") -> frozenset[int]:
        """Write several items, of this table and others, all or none.

        Args:
            parts: What `putting`, `updating`, `deleting` and `checking` give.

        Returns:
            The numbers of the parts whose condition did not hold; where there are any, nothing was written.
        """
        try:
            self.call(lambda: self._client.transact_write_items(TransactItems=parts))
        except StoreUnavailable as error:
            if failed := _failed_conditions(error.__cause__):
                return failed
            raise
        return frozenset()

    def putting(self, item: "Item", condition: str | None = None, values: "Item | None" = None) -> "Part":
        """A part that writes an item, perhaps under a condition, which may use `values`."""
        return {"Put": {"TableName": self.name, "Item": item, **_under(condition, values)}}

    def updating(self, key: "Item", changes: "Item", condition: str, values: "Item | None" = None) -> "Part":
        """A part that changes attributes of an item, under a condition."""
        names = {f"#{number}": name for number, name in enumerate(changes)}
        bound = {f":{number}": value for number, value in enumerate(changes.values())}
        update = {
            "UpdateExpression": f"SET {', '.join(f'#{number} = :{number}' for number in range(len(changes)))}",
            "ExpressionAttributeNames": names,
        }
        return {"Update": {"TableName": self.name, "Key": key, **update, **_under(condition, bound | (values or {}))}}

    def deleting(self, key: "Item", condition: str | None = None, values: "Item | None" = None) -> "Part":
        """A part that removes an item, if it is there, perhaps under a condition."""
        return {"Delete": {"TableName": self.name, "Key": key, **_under(condition, values)}}

    def checking(self, key: "Item", condition: str) -> "Part":
        """A part that writes nothing, and keeps the others from being written where its condition does not hold."""
        return {"ConditionCheck": {"TableName": self.name, "Key": key, **_under(condition, None)}}

    def delete(self, key: "Item") -> None:
        """Remove an item, if it is there."""
        self.call(lambda: self._client.delete_item(TableName=self.name, Key=key))

    def delete_each(self, condition: str, values: "Item") -> int:
        """Remove every item for which a condition holds, by reading the whole table. Returns how many there were."""
        find = self.scan(FilterExpression=condition, ExpressionAttributeValues=values, ProjectionExpression="pk, sk")
        found = list(find)
        for item in found:
            self.delete(item)
        return len(found)

    def query(self, **query: Any) -> "Iterator[Item]":
        """What a query finds, page by page as it is asked for."""
        return self._pages(self._client.query, query)

    def scan(self, **scan: Any) -> "Iterator[Item]":
        """Every item, page by page as it is asked for."""
        return self._pages(self._client.scan, scan)

    def call[Answer](self, call: Callable[[], Answer]) -> Answer:
        """Make a call, again if a transaction on the same item is in the way; DynamoDB's errors become ours."""
        try:
            return _despite_conflicts(call)
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable(_code(error)) from error

    def _check(self, watched: Watched) -> Any:
        check: Any = {
            "TableName": self.name,
            "Key": watched.key,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if watched.version:
            check["ConditionExpression"] = "attribute_not_exists(pk) OR version = :known"
            check["ExpressionAttributeValues"] = {":known": attribute(watched.version)}
        return {"ConditionCheck": check}

    def _transact(self, parts: list[Any]) -> "Item | None":
        return self._unless(lambda: self._client.transact_write_items(TransactItems=parts))

    def _unless(self, write: Callable[[], object]) -> "Item | None":
        """Write; the item whose condition failed, or None."""
        try:
            self.call(write)
        except StoreUnavailable as error:
            if stored := _stored_item(error.__cause__):
                return stored
            raise
        return None

    def _pages(self, call: Callable[..., Any], arguments: dict[str, Any]) -> "Iterator[Item]":
        start: Any = {}
        while True:
            page = self.call(lambda: call(TableName=self.name, **arguments, **start))  # noqa: B023 - called at once
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _if_holds[Answer](self, call: Callable[[], Answer]) -> Answer | None:
        try:
            return self.call(call)
        except StoreUnavailable as error:
            if str(error) == "ConditionalCheckFailedException":
                return None
            raise


def dynamodb_client() -> "DynamoDBClient":
    """A client for the stores, with the time-outs and the tries that leads and alerts need."""
    # Three tries take 12 s at most, pauses of 1 and 2 s among them: less than leads may run, and more than people wait.
    retries = {"mode": "standard", "total_max_attempts": 3}
    dynamodb: DynamoDBClient = aws_client("dynamodb", connect_timeout=1, read_timeout=2, retries=retries)
    return dynamodb


def item_of(values: Mapping[str, Any]) -> "Item":
    """Attribute values by name, without those of nothing."""
    return {name: attribute(value) for name, value in values.items() if value not in (None, (), {})}


def read_field(item: "Item", field: "Field[Any]") -> Any:
    """A dataclass's field from an item. Raises ItemUnreadable where it is missing, or of another type."""
    try:
        value = value_of(item[field.name]) if field.name in item else None
    except ValueError:
        raise ItemUnreadable(field.name) from None
    if value is None:
        value = _value_of_none(field)
    if not isinstance(value, _types(field)) or not _has_plain_members(value):
        raise ItemUnreadable(field.name)
    return value


def _value_of_none(field: "Field[Any]") -> Any:
    # An empty mapping is not stored either.
    return {} if get_origin(field.type) is Mapping else None if field.default is MISSING else field.default


def _types(field: "Field[Any]") -> tuple[type, ...]:
    """The classes that a field's value may have: str and None for `str | None`, tuple for `tuple[str, ...]`."""
    kind: Any = field.type
    return get_args(kind) if isinstance(kind, UnionType) else (get_origin(kind) or kind,)


def _has_plain_members(value: Any) -> bool:
    """Whether a list holds texts, or mappings of texts; and a mapping texts."""
    if isinstance(value, tuple):
        return all(isinstance(member, str | dict) and _has_plain_members(member) for member in value)
    return not isinstance(value, dict) or all(isinstance(member, str) for member in value.values())


# boto3's own serializer knows every type and costs another import; these are the four that an item has.
def attribute(value: Any) -> "AttributeValueTypeDef":
    """A value as an attribute. Raises TypeError for what no item holds."""
    match value:
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case dict():
            return {"M": {name: attribute(member) for name, member in value.items()}}
        case list() | tuple():
            return {"L": [attribute(member) for member in value]}
    raise TypeError(f"no DynamoDB type for {type(value).__name__}")


def value_of(attribute: Any) -> Any:
    """An attribute's value. Raises ValueError for what none holds: a fraction, a set, a boolean, bytes."""
    match attribute:
        case {"S": str(text)}:
            return text
        case {"N": str(digits)}:
            return int(digits)
        case {"M": dict(members)}:
            return {name: value_of(member) for name, member in members.items()}
        case {"L": list(members)}:
            return tuple(value_of(member) for member in members)
        case {"NULL": _}:
            return None
    raise ValueError


def _despite_conflicts[Answer](write: Callable[[], Answer]) -> Answer:
    """Write, again if a transaction on the same lead is in the way: DynamoDB ends one of two before it has looked.

    Transactions are for the first minutes of a day (`identity_of_content`), and then the button may be pressed twice.
    """
    for pause in _PAUSES:
        try:
            return write()
        except ClientError as error:
            if not _is_conflict(error):
                raise
            time.sleep(pause)
    return write()


def _is_conflict(error: ClientError) -> bool:
    reasons = [reason["Code"] for reason in _answer(error).get("CancellationReasons", ())]
    return _code(error) == "TransactionConflictException" or "TransactionConflict" in reasons


def _failed_conditions(error: BaseException | None) -> frozenset[int]:
    """The numbers of the parts of a transaction whose condition did not hold."""
    reasons = enumerate(_answer(error).get("CancellationReasons", ()))
    return frozenset(number for number, reason in reasons if reason["Code"] == "ConditionalCheckFailed")


def _under(condition: str | None, values: "Item | None") -> dict[str, Any]:
    """A condition and its values, as a call has them; DynamoDB takes no empty ones."""
    conditions = {"ConditionExpression": condition} if condition else {}
    return conditions | ({"ExpressionAttributeValues": values} if values else {})


def _stored_item(error: BaseException | None) -> "Item | None":
    """The item that made a condition fail, from a single write's error or a transaction's."""
    reasons = [_answer(error), *_answer(error).get("CancellationReasons", ())]
    return next((reason["Item"] for reason in reasons if reason.get("Item")), None)


def _answer(error: BaseException | None) -> Any:
    """What DynamoDB answered. Errors of the connection have a `response` as well, which is None."""
    return error.response if isinstance(error, ClientError) else {}


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
