"""Put the enquiries back as they were at a moment: `make restore STAGE=prod AT=2026-11-29T10:00Z`.

A new table beside the one in use, made by DynamoDB's point-in-time recovery, and then made fit to be worked on:

1. What came since that moment, and whatever is no enquiry, comes along from the table in use.
2. Mails that went out since are written to their enquiries, so that nothing is sent twice.
3. Who was erased since is erased again.
4. Expiry, recovery and protection, which a restore does not bring along, are switched on; the stream at last.

Each step can be repeated, and running all of it again brings along what came in the meantime. The stack goes on with
the table that it has until it is deployed with the parameters that are written out at the end.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.ops.stack import Stack, physical_id
from shared.aws import aws_client
from shared.errors import ItemUnreadable, NeedlepointError
from shared.facts import alert_sent, bounced, delivered, rejected, with_mail
from shared.items import Table
from shared.lead import Lead
from shared.mail_items import MailItem, MailKind, is_mail, mail_id
from shared.store import is_lead

# A table of some gigabytes takes hours; whoever stops waiting may run the command again.
_WAIT: Final = {"Delay": 20, "MaxAttempts": 540}
_TTL: Final = "expires_at"
# What people wrote on an enquiry: nothing can tell whether that is what the restore was to undo.
_OF_PEOPLE: Final = ("outcomes", "notes")


class CannotRestore(NeedlepointError):
    """Nothing was put back; the message says why."""


@dataclass(frozen=True)
class Tables:
    """The table in use, and the one that takes its place; both names."""

    source: str
    target: str


def make(client: Any, tables: Tables, moment: datetime | None) -> bool:
    """Let DynamoDB make the target, and wait for it. Returns False where it is there already."""
    if made := not exists(client, tables.target):
        when: Any = {"RestoreDateTime": moment} if moment else {"UseLatestRestorableTime": True}
        names = {"SourceTableName": tables.source, "TargetTableName": tables.target}
        client.restore_table_to_point_in_time(**names, **when)
    client.get_waiter("table_exists").wait(TableName=tables.target, WaiterConfig=_WAIT)
    return made


def exists(client: Any, table: str) -> bool:
    """Whether there is such a table."""
    try:
        client.describe_table(TableName=table)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def bring_along(client: Any, tables: Tables, *, replacing: bool) -> tuple[int, list[str]]:
    """Copy what came since, and, if it may be replaced, whatever is no enquiry as it is now.

    Returns:
        How many enquiries came since, and the references of earlier ones that people wrote something on since.
    """
    source, target = Table(tables.source, client), Table(tables.target, client)
    came, told = 0, list[str]()
    if not exists(client, tables.source):  # it was deleted, and put back from its last moment
        return came, told
    for item in source.scan():
        if replacing and not is_lead(item):
            target.put(item, None)
        elif target.put(item):
            came += is_lead(item)
        elif is_lead(item):
            was = target.get({name: item[name] for name in ("pk", "sk")}) or {}
            if any(item.get(name) != was.get(name) for name in _OF_PEOPLE) and "reference" in item:
                told.append(item["reference"]["S"])
    return came, told


def compare_with_mails(stack: Stack, target: str, client: Any) -> int:
    """Write to each enquiry what its mails say that it does not know; returns how often one learned something."""
    store, mails, learned = stack.store_in(target), stack.mails_in(target), 0
    for key in Table(target, client).scan(ProjectionExpression="pk, sk"):
        # What is damaged says nothing, and is put off by whoever acts on it.
        with suppress(ItemUnreadable):
            if is_mail(key) and (mail := mails.read(mail_id(key))):
                told = partial(_with_mail, mail=mail)
                learned += sum(store.change(lead_id, told) is not None for lead_id in mail.leads)
    return learned


def _with_mail(lead: Lead, mail: MailItem) -> Lead | None:
    # A reminder needs nothing more: its id is made of the deadline, so that the same one cannot go out again.
    new = with_mail(lead, mail.id)
    if mail.kind in {MailKind.ALERT, MailKind.BUNDLE}:
        if mail.left_at and not mail.returned_at:
            new = alert_sent(new, mail.id, mail.left_at, message_id=mail.message_id) or new
        if mail.delivered_at:
            new = delivered(new, mail.delivered_at) or new
        if mail.bounced_at:
            new = bounced(new, mail.bounced_at, mail.bounce or "") or new
        if mail.rejected_at:
            new = rejected(new, mail.rejected_at) or new
    return new if new != lead else None


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


def restore(stack: Stack, moment: datetime | None, target: str | None) -> None:
    """Do all of it, and say what is done and what is left to do. Raises CannotRestore, and what DynamoDB raises."""
    if stack.parameters.get("Paused") != "yes":
        raise CannotRestore(f"{stack.name} does not stand still: deploy it with Paused=yes first.")
    client, in_use = aws_client("dynamodb"), stack.outputs["LeadTableName"]
    name = target or f"{stack.name}-{moment or datetime.now(UTC):%Y%m%dT%H%M%S}"
    source = physical_id(stack.name, "LeadTable") if name == in_use else in_use
    tables = Tables(source, name)
    if make(client, tables, moment):
        _say(f"{name} has the enquiries as they were at {moment or 'the latest moment that there is'}.")
    came, told = bring_along(client, tables, replacing=name != in_use)
    _say(f"{came} that came since are in it, too.")
    if told:
        _say(f"On {len(told)} people wrote something since, which is in {source} alone: {', '.join(sorted(told))}")
    _say(f"{compare_with_mails(stack, name, client)} learned of mails that went out since.")
    _say(f"{sum(1 for _ in stack.erasure_in(name).again())} were erased since and are erased again.")
    stream = make_fit(client, name, protected=stack.parameters.get("Stage") == "prod")
    _say("", "Deploy with these parameters:", f"  RestoredTable={name} RestoredStream={stream} Paused=yes")
    _say("Then once more, for what came in the meantime, before you deploy with Paused=no:", f"  TABLE={name}")


def empty(stack: Stack, table: str) -> None:
    """Remove everything in a table that the stack has worked on before. Raises CannotRestore where that is in use."""
    if table == stack.outputs["LeadTableName"] or not table.startswith(f"{stack.name}-"):
        raise CannotRestore(f"{table} is in use, or no table of {stack.name}: nothing is removed.")
    before = Table(table, aws_client("dynamodb"))
    gone = list(before.scan(ProjectionExpression="pk, sk"))
    for key in gone:
        before.delete(key)
    _say(f"{len(gone)} items are removed from {table}. Its backups hold them for 35 days more.")


def moment_of(text: str) -> datetime:
    """A moment as somebody typed it, in UTC without a zone. Raises ArgumentTypeError where it is none, or to come."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment; one looks like 2026-11-29T10:00Z") from None
    moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    if moment.timestamp() > time.time():
        raise argparse.ArgumentTypeError(f"{text} is yet to come")
    return moment


def main(arguments: Sequence[str] | None = None) -> int:
    """Put back, or say what is wrong; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.restore", description="Put enquiries back as they were.")
    parser.add_argument("stack", help="the stack's name, such as needlepoint-prod; make takes it from STAGE")
    parser.add_argument("--at", type=moment_of, help="the moment, such as 2026-11-29T10:00Z; else the latest there is")
    parser.add_argument("--table", help="the new table's name; one that is there already is made fit")
    parser.add_argument("--empty", metavar="TABLE", help="put nothing back, and empty a table that was in use before")
    asked = parser.parse_args(arguments)
    stack = Stack(asked.stack)
    try:
        if asked.empty:
            empty(stack, asked.empty)
        else:
            restore(stack, asked.at, asked.table)
    except (BotoCoreError, ClientError, WaiterError, NeedlepointError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
