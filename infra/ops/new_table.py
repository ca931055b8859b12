"""The table that takes another's place: made by DynamoDB, marked, and made fit to be worked on."""

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.errors import NeedlepointError

# A table of some gigabytes takes hours; whoever stops waiting may run the command again.
_WAIT: Final = {"Delay": 20, "MaxAttempts": 540}
_TTL: Final = "expires_at"
# The tag that says whose place a table takes. Of a third table that is the second, and not the stack's own.
_TAG: Final = "in-the-place-of"


class CannotRestore(NeedlepointError):
    """Something was not put back; the message says what, and why."""


@dataclass(frozen=True)
class Tables:
    """The table that things come from, and the one that takes its place; both names."""

    source: str
    target: str


def make(client: Any, tables: Tables, moment: datetime | None) -> None:
    """Let DynamoDB make the target, if it is not there, and wait for it.

    Raises:
        CannotRestore: There is neither of the two.
    """
    if not exists(client, tables.target):
        if not exists(client, tables.source):
            do = "docs/operations.md#after-a-restore says how to go on from its last backup"
            raise CannotRestore(f"{tables.source} is gone: {do}.")
        again = f"TABLE={tables.target}{f' AT={moment.isoformat()}' if moment else ''}"
        # Before anything that takes long: nobody can guess the name, and by it the same command goes on.
        say(f"{tables.target} is being made, which takes minutes, or hours. If this is interrupted, go on with {again}")
        when: Any = {"RestoreDateTime": moment} if moment else {"UseLatestRestorableTime": True}
        names = {"SourceTableName": tables.source, "TargetTableName": tables.target}
        client.restore_table_to_point_in_time(**names, **when)
    client.get_waiter("table_exists").wait(TableName=tables.target, WaiterConfig=_WAIT)


def exists(client: Any, table: str) -> bool:
    """Whether there is such a table."""
    try:
        client.describe_table(TableName=table)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def mark(client: Any, tables: Tables) -> None:
    """Note at the target whose place it takes."""
    client.tag_resource(ResourceArn=_arn(client, tables.target), Tags=[{"Key": _TAG, "Value": tables.source}])


def source_of(client: Any, table: str) -> str:
    """The table whose place this one took. Raises CannotRestore where nothing says so."""
    asked = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=_arn(client, table))
    tags = {tag["Key"]: tag["Value"] for page in asked for tag in page["Tags"]}
    if _TAG not in tags:
        do = "deploy with the table of before, and begin with step 2 of docs/operations.md#after-a-restore"
        raise CannotRestore(f"{table} is in use, and nothing says whose place it took: {do}.")
    return str(tags[_TAG])


def make_fit(client: Any, table: str, *, protected: bool) -> str:
    """Switch on what a restore does not bring along; returns the stream's ARN."""
    on = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=on)
    expiry = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
        client.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": _TTL})
    described = client.describe_table(TableName=table)["Table"]
    if protected and not described.get("DeletionProtectionEnabled"):
        client.update_table(TableName=table, DeletionProtectionEnabled=True)
        client.get_waiter("table_exists").wait(TableName=table, WaiterConfig=_WAIT)
    if not described.get("StreamSpecification", {}).get("StreamEnabled"):
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        client.update_table(TableName=table, StreamSpecification=stream)
        client.get_waiter("table_exists").wait(TableName=table, WaiterConfig=_WAIT)
    return str(client.describe_table(TableName=table)["Table"]["LatestStreamArn"])


def say(*lines: str) -> None:
    """Write lines to whoever waits for them, at once."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def _arn(client: Any, table: str) -> str:
    return str(client.describe_table(TableName=table)["Table"]["TableArn"])
