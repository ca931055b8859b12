"""The lead store: every key, condition and call to DynamoDB stands here.

One item per lead, under `pk = LEAD#<id>`, `sk = LEAD`. While an alert is owed the item carries `alert_owed` and
`alert_next_at` (seconds since the epoch), and so appears in the sparse index `alerts-owed`; sending removes both.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, asdict, fields
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws import aws_client
from shared.errors import ItemUnreadable, StoreUnavailable
from shared.lead import Enquiry, Identity, Lead, timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Item = dict[str, AttributeValueTypeDef]

ALERTS_OWED_INDEX: Final = "alerts-owed"
_OWED: Final = "alert"
_LEAD: Final = "LEAD"
# Seconds to wait, from try to try, for another transaction on the same lead to end.
_PAUSES: Final = (0.05, 0.1, 0.2)


class LeadStore:
    """The leads in one table.

    Each method that reads or writes leads raises StoreUnavailable when DynamoDB cannot do it.
    """

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table = table_name
        self._client = client

    def connect(self) -> None:
        """Ask DynamoDB something that changes nothing, so that there is a connection when a lead comes.

        Reading the authorities' certificates alone takes as long as storing a lead. It asks what `create` may ask too,
        and so needs no other permission.

        Raises:
            ClientError: DynamoDB refused. Nothing depends on the answer.
            BotoCoreError: DynamoDB was not reached.
        """
        check: Any = {"TableName": self._table, "Key": key("none"), "ConditionExpression": "attribute_not_exists(pk)"}
        self._client.transact_write_items(TransactItems=[{"ConditionCheck": check}])

    def create(self, lead: Lead, identity: Identity) -> Lead:
        """Store a lead, unless its identity is stored already.

        One conditional write. The condition's failure brings the stored item along, so there is no second read and
        no moment in which a crash could store a lead twice or not at all.

        Returns:
            The lead that is stored now: `lead` itself, or the one that was stored before.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
            ItemUnreadable: What was stored before is no lead.
        """
        try:
            self._put(_item(lead), identity)
        except ClientError as error:
            if stored := _stored_item(error):
                return _lead(stored)
            raise StoreUnavailable(_code(error)) from error
        except BotoCoreError as error:
            raise StoreUnavailable(type(error).__name__) from error
        return lead

    def _put(self, item: "Item", identity: Identity) -> None:
        condition: Any = {
            "TableName": self._table,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        put: Any = {"Item": item, **condition}
        checks: list[Any] = [{"ConditionCheck": {"Key": key(each), **condition}} for each in identity.unless]
        if checks:
            _despite_conflicts(lambda: self._client.transact_write_items(TransactItems=[{"Put": put}, *checks]))
        else:
            _despite_conflicts(lambda: self._client.put_item(**put))

    def owed(self, now: float, limit: int) -> Iterator[str]:
        """Find the leads whose alert is due.

        Args:
            now: The time in seconds since the epoch.
            limit: How many to find at most.

        Returns:
            Their ids, longest due first.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
        """
        try:
            page = self._client.query(
                TableName=self._table,
                IndexName=ALERTS_OWED_INDEX,
                KeyConditionExpression="alert_owed = :owed AND alert_next_at <= :now",
                ExpressionAttributeValues={":owed": {"S": _OWED}, ":now": {"N": str(int(now))}},
                Limit=limit,
            )
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable(_code(error)) from error
        return (lead_id(item) for item in page["Items"])

    def claim(self, lead_id: str, now: float, lease: int) -> Lead | None:
        """Take the alert for this attempt.

        Args:
            lead_id: The lead's id.
            now: The time in seconds since the epoch.
            lease: For how many seconds nobody else gets it; then it is owed again.

        Returns:
            The lead, or None where there is nothing to take: sent, taken by somebody else, not due yet, or erased.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
            ItemUnreadable: The item is no lead.
        """
        try:
            item = self._update(
                lead_id,
                "SET alert_next_at = :until ADD alert_attempts :one",
                "alert_owed = :owed AND alert_next_at <= :now",
                {
                    ":until": {"N": str(int(now) + lease)},
                    ":one": {"N": "1"},
                    ":owed": {"S": _OWED},
                    ":now": {"N": str(int(now))},
                },
                returns="ALL_NEW",
            )
        except StoreUnavailable as error:
            if str(error) == "ValidationException":  # what is no number cannot be added to
                raise ItemUnreadable("alert_attempts") from error
            raise
        return _lead(item) if item else None

    def record_sent(self, lead_id: str, message_id: str, now: float) -> None:
        """Keep that the mail was accepted, when, and under which id; no alert is owed any more."""
        self._update(
            lead_id,
            "SET alert_sent_at = :at, alert_message_id = :message_id REMOVE alert_owed, alert_next_at, alert_error",
            "attribute_exists(pk)",
            {":at": {"S": timestamp(now)}, ":message_id": {"S": message_id}},
        )

    def record_failed(self, lead_id: str, reason: str, next_at: int) -> None:
        """Keep that the mail was not accepted, why, and when to try again (seconds since the epoch)."""
        self._update(
            lead_id,
            "SET alert_error = :reason, alert_next_at = :next",
            "attribute_exists(alert_owed)",
            {":reason": {"S": reason}, ":next": {"N": str(next_at)}},
        )

    def record_unproven(self, lead_id: str, reason: str, now: float, next_at: int) -> None:
        """Keep that nobody knows whether the mail was accepted, when that was, why, and when to try again."""
        self._update(
            lead_id,
            "SET alert_error = :reason, alert_next_at = :next, alert_unproven_at = :at",
            "attribute_exists(alert_owed)",
            {":reason": {"S": reason}, ":next": {"N": str(next_at)}, ":at": {"S": timestamp(now)}},
        )

    def _update(
        self,
        lead_id: str,
        update: str,
        condition: str,
        values: "Item",
        returns: Literal["NONE", "ALL_NEW"] = "NONE",
    ) -> "Item | None":
        """One conditional update; the item as it is now if that is asked for, None where the condition did not hold."""
        try:
            answer = _despite_conflicts(
                lambda: self._client.update_item(
                    TableName=self._table,
                    Key=key(lead_id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValues=returns,
                )
            )
        except ClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                return None
            raise StoreUnavailable(_code(error)) from error
        except BotoCoreError as error:
            raise StoreUnavailable(type(error).__name__) from error
        return answer.get("Attributes")


def key(lead_id: str) -> "Item":
    """The primary key of a lead."""
    return {"pk": {"S": f"{_LEAD}#{lead_id}"}, "sk": {"S": _LEAD}}


def lead_id(keys: "Item") -> str:
    """The lead's id from an item's keys, as the index and the stream give them."""
    return keys["pk"]["S"].removeprefix(f"{_LEAD}#")


def dynamodb_client() -> "DynamoDBClient":
    """A client for the store, with the time-outs and the tries that leads and alerts need."""
    # Three tries take 12 s at most, pauses of 1 and 2 s among them: less than leads may run, and more than people wait.
    retries = {"mode": "standard", "total_max_attempts": 3}
    dynamodb: DynamoDBClient = aws_client("dynamodb", connect_timeout=1, read_timeout=2, retries=retries)
    return dynamodb


def _item(lead: Lead) -> "Item":
    # The enquiry's fields lie beside the lead's own: one flat item, which a person can read in the console.
    values = asdict(lead)
    values |= values.pop("enquiry")
    if not lead.is_kept_back:
        # Zero, not the time of storing: due at once, whatever notify's clock says.
        values |= {"alert_owed": _OWED, "alert_next_at": 0}
    item = {name: _attribute(value) for name, value in values.items() if value not in (None, (), {})}
    return {**key(lead.id), **item}


def _lead(item: "Item") -> Lead:
    """The lead in an item. Attributes that this code does not know are passed over: later code has written them.

    Raises ItemUnreadable for one that is missing, or of another type than the lead's.
    """
    enquiry = {field.name: _read(item, field) for field in fields(Enquiry)}
    # The id is what finds the item again, whatever is written in it.
    own = {field.name: _read(item, field) for field in fields(Lead) if field.name not in ("id", "enquiry")}
    return Lead(id=lead_id(item), enquiry=Enquiry(**enquiry), **own)


def _read(item: "Item", field: "Field[Any]") -> Any:
    try:
        value = _value(item[field.name]) if field.name in item else None
    except ValueError:
        raise ItemUnreadable(field.name) from None
    if value is None:
        value = _value_of_none(field)
    if not isinstance(value, _types(field)) or not all(isinstance(member, str) for member in _members(value)):
        raise ItemUnreadable(field.name)
    return value


def _value_of_none(field: "Field[Any]") -> Any:
    # An empty mapping is not stored either.
    return {} if get_origin(field.type) is Mapping else None if field.default is MISSING else field.default


def _types(field: "Field[Any]") -> tuple[type, ...]:
    """The classes that a field's value may have: str and None for `str | None`, tuple for `tuple[str, ...]`."""
    kind: Any = field.type
    return get_args(kind) if isinstance(kind, UnionType) else (get_origin(kind) or kind,)


def _members(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()


# boto3's own serializer knows every type and costs another import; these are the four that an item has.
def _attribute(value: Any) -> "AttributeValueTypeDef":
    match value:
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case dict():
            return {"M": {name: _attribute(member) for name, member in value.items()}}
        case list() | tuple():
            return {"L": [_attribute(member) for member in value]}
    raise TypeError(f"no DynamoDB type for {type(value).__name__}")


def _value(attribute: Any) -> Any:
    """Raises ValueError for what no lead holds: a number with a fraction, a set, a boolean, bytes."""
    match attribute:
        case {"S": str(text)}:
            return text
        case {"N": str(digits)}:
            return int(digits)
        case {"M": dict(members)}:
            return {name: _value(member) for name, member in members.items()}
        case {"L": list(members)}:
            return tuple(_value(member) for member in members)
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
    response: Any = error.response
    reasons = [reason["Code"] for reason in response.get("CancellationReasons", ())]
    return _code(error) == "TransactionConflictException" or "TransactionConflict" in reasons


def _stored_item(error: ClientError) -> "Item | None":
    """The item that made a condition fail, from a single write's error or a transaction's."""
    response: Any = error.response
    reasons = [response, *response.get("CancellationReasons", ())]
    return next((reason["Item"] for reason in reasons if reason.get("Item")), None)


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
