"""What the canary writes down in the table: which leads are its own, and when the chain was last proven.

pk = CANARY, sk = LEAD#<id>   a lead that it is about to send: whoever meets such a lead looks here (`LeadStore`)
pk = CANARY, sk = LAST        when an enquiry of its own last went the whole way
"""

from typing import TYPE_CHECKING, Final

from shared.items import Table, attribute, value_of
from shared.lead import SECONDS_PER_DAY, seconds, timestamp
from shared.store import canary_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

LAST: "Final[Item]" = {"pk": {"S": "CANARY"}, "sk": {"S": "LAST"}}


class Marks:
    """The marks in one table. Each method raises StoreUnavailable when DynamoDB cannot do it.

    Args:
        table_name: The table.
        client: DynamoDB.
        keep_days: For how many days leads are kept.
    """

    def __init__(self, table_name: str, client: "DynamoDBClient", keep_days: int) -> None:
        self._table = Table(table_name, client)
        self._keep_days = keep_days

    def write(self, lead_id: str, now: float) -> None:
        """Write down that a lead will be the canary's. Should nobody clean up, it outlives the lead by a day."""
        expires_at = int(now) + (self._keep_days + 1) * SECONDS_PER_DAY
        made = {"marked_at": attribute(timestamp(now)), "expires_at": attribute(expires_at)}
        self._table.put({**canary_key(lead_id), **made})

    def older_than(self, then: float) -> list[str]:
        """The ids of the leads that were marked before this time (seconds since the epoch)."""
        found = self._table.query(
            KeyConditionExpression="pk = :canary AND begins_with(sk, :lead)",
            ExpressionAttributeValues={":canary": LAST["pk"], ":lead": canary_key("")["sk"]},
        )
        lead_ids = ((item["sk"]["S"].partition("#")[2], value_of(item["marked_at"])) for item in found)
        return [lead_id for lead_id, marked_at in lead_ids if seconds(marked_at) < then]

    def remove(self, lead_id: str) -> None:
        """Forget that a lead was the canary's."""
        self._table.delete(canary_key(lead_id))

    def proven_at(self) -> str | None:
        """When the chain was last proven, in ISO 8601; None where it never was."""
        item = self._table.get(LAST)
        return value_of(item["proven_at"]) if item else None

    def write_proven(self, now: float) -> None:
        """Write down that the chain is proven."""
        self._table.put({**LAST, "proven_at": attribute(timestamp(now))}, condition=None)
