"""Whether the tables keep and forget what they should, nothing in them waits too long, and the canary came through."""

from collections.abc import Iterator
from itertools import batched
from typing import TYPE_CHECKING, Final

from functions.canary.marks import LAST
from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Finding, note, wrong
from shared.duties import due_since
from shared.items import DUE_INDEX, Table, attribute, value_of
from shared.lead import seconds

if TYPE_CHECKING:
    from shared.items import Item

# The table of enquiries; the other one needs no way back (template.yaml).
_LEADS: Final = "LeadTable"
# What is due is done within a minute; so much later, nobody does it.
_LATE_SECONDS: Final = 900
# As the canary's alarm has it.
_SILENT_SECONDS: Final = 26 * 3600
_AT_ONCE: Final = 100
# When something was last asked of an item whose step is due at once.
_BEGINNINGS: Final = ("stored_at", "created_at", "alert_asked_at", "rescued_at")
# All that is asked for of an item, and all that infra/deploy_roles.yaml lets a workflow ask for.
LOOKED_AT: Final = ("pk", "sk", "next_at", "expires_at", *_BEGINNINGS, "proven_at")


def keeping(case: Case, stack: Deployed) -> Iterator[Finding]:
    """A table that could not be put back, could be deleted by mistake, or keeps what is over."""
    dynamodb, name = case.aws("dynamodb"), stack.outputs["LeadTableName"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    if backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
        command = "aws dynamodb update-continuous-backups --point-in-time-recovery-specification"
        do = f"`{command} PointInTimeRecoveryEnabled=true --table-name {name}`"
        yield wrong(f"{_LEADS} could not be put back: point-in-time recovery is off", do)
    # A restored one is in the place of the stack's own.
    tables = {each.logical_id: each.id for each in stack.of_type("AWS::DynamoDB::Table")} | {_LEADS: name}
    for logical_id, table in tables.items():
        found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if found["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
            command = "aws dynamodb update-time-to-live --time-to-live-specification"
            do = f"`{command} Enabled=true,AttributeName=expires_at --table-name {table}`"
            yield wrong(f"{logical_id} deletes nothing that has expired: its time to live is off", do)
    protected = dynamodb.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled")
    if stack.parameters["Stage"] == "prod" and not protected:
        do = f"`aws dynamodb update-table --deletion-protection-enabled --table-name {name}`"
        yield wrong(f"{_LEADS} could be deleted by mistake: its protection is off", do)


def overdue(case: Case, stack: Deployed) -> Iterator[Finding]:
    """The step that is due for longest: functions look every minute, so anything older is stuck."""
    table, latest = _leads(case, stack), case.now - _LATE_SECONDS
    keys = (
        {name: item[name] for name in ("pk", "sk")}
        for item in table.scan(
            IndexName=DUE_INDEX,
            FilterExpression="next_at <= :latest",
            ExpressionAttributeValues={":latest": attribute(int(latest))},
        )
    )
    # The index may be late; and of an enquiry, nothing is read but times.
    items = [item for some in batched(keys, _AT_ONCE, strict=False) for item in table.get_each(some, LOOKED_AT)]
    waiting = {_since(item): item["pk"]["S"] for item in items if _waits(item, case.now)}
    if waiting and (since := min(waiting)) <= latest:
        what = f"{waiting[since]} waits for its next step since {_duration(case.now - since)}"
        do = "See the logs of NotifyFunction and FollowupFunction: docs/operations.md#followuperrorsalarm"
        yield wrong(f"{what}, the oldest of {len(waiting)}", do)


def canary(case: Case, stack: Deployed) -> Iterator[Finding]:
    """No proof for a day that enquiries go the whole way."""
    found = list(_leads(case, stack).get_each([LAST], LOOKED_AT))
    page = "docs/operations.md#canarysilentalarm"
    if not found:
        yield note("No enquiry of the canary's has gone the whole way yet", f"It tries every hour: {page}")
    elif (silent := case.now - seconds(found[0]["proven_at"]["S"])) > _SILENT_SECONDS:
        yield wrong(f"The last enquiry of the canary's went the whole way {_duration(silent)} ago", page)


def _leads(case: Case, stack: Deployed) -> Table:
    """The table in use, which may be one that was restored."""
    return Table(stack.outputs["LeadTableName"], case.aws("dynamodb"))


def _waits(item: "Item", now: float) -> bool:
    # DynamoDB deletes some days late, and nothing is done any more for what has expired.
    return "next_at" in item and int(value_of(item["expires_at"])) > now


def _since(item: "Item") -> float:
    """Since when a step is due, in seconds since the epoch; of one that is due at once, since when it can be."""
    return due_since(float(value_of(item["next_at"])), *(item[name]["S"] for name in _BEGINNINGS if name in item))


def _duration(length: float) -> str:
    hours, minutes = divmod(int(length) // 60, 60)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} h {minutes} min" if hours else f"{minutes} min"
