"""Put the enquiries back as they were at a moment: `make restore STAGE=prod AT=2026-11-29T10:00Z`.

A new table beside the one in use, made by DynamoDB's point-in-time recovery, and then made fit to be worked on:

1. Enquiries that came since that moment come along from the table in use.
2. Who was erased since is erased again.
3. Whatever is no enquiry comes along, but for who is signed in, and nothing that leads to somebody who was erased.
4. Mails that went out since are written to their enquiries, so that nothing is sent twice.
5. Expiry, recovery and protection, which a restore does not bring along, are switched on; the stream at last.

Each step can be repeated, and running all of it again brings along what came in the meantime: also once the new table
is in use, since it has a tag that says whose place it took. The stack goes on with the table that it has until it is
deployed with the parameters that are written out at the end.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.ops.bring_along import bring_enquiries, bring_the_rest
from infra.ops.new_table import CannotRestore, Tables, exists, make, make_fit, mark, say, source_of
from infra.ops.stack import Stack
from shared.aws import aws_client
from shared.errors import ItemUnreadable, NeedlepointError
from shared.facts import alert_sent, bounced, delivered, rejected, with_mail
from shared.items import Table
from shared.lead import Lead
from shared.mail_items import MailItem, MailKind, is_mail, mail_id


def compare_with_mails(stack: Stack, target: str, client: Any) -> int:
    """Write to each enquiry what its mails say that it does not know; returns how often one learned something."""
    mails, learned = stack.mails_in(target), 0
    for key in Table(target, client).scan(ProjectionExpression="pk, sk"):
        # What is damaged says nothing, and is put off by whoever acts on it.
        with suppress(ItemUnreadable):
            if is_mail(key) and (mail := mails.read(mail_id(key))):
                learned += sum(_tell(stack, target, lead_id, mail) for lead_id in mail.leads)
    return learned


def _tell(stack: Stack, target: str, lead_id: str, mail: MailItem) -> bool:
    """Let an enquiry know what a mail says; returns whether it learned something."""
    store = stack.store_in(target)
    if store.change(lead_id, partial(_with_mail, mail=mail)):
        return True
    if store.erased_at(lead_id):  # just now perhaps, before it knew of a mail that came along
        stack.mails_in(target).forget(mail.id, lead_id)
    return False


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


def restore(stack: Stack, moment: datetime | None, target: str | None) -> None:
    """Do all of it, and say what is done and what is left to do. Raises CannotRestore, and what DynamoDB raises."""
    if stack.parameters.get("Paused") != "yes":
        raise CannotRestore(f"{stack.name} does not stand still: deploy it with Paused=yes first.")
    client, in_use = aws_client("dynamodb"), stack.outputs["LeadTableName"]
    name = target or f"{stack.name}-{moment or datetime.now(UTC):%Y%m%dT%H%M%S}"
    if name == in_use:
        once_more(stack, client, Tables(source_of(client, name), name))
        return
    tables = Tables(in_use, name)
    begin(stack, client, tables, moment)
    came = fill(stack, client, tables, replacing=True)
    stream = make_fit(client, name, protected=_protected(stack))
    say("", "Deploy with these parameters:", f"  RestoredTable={name} RestoredStream={stream} Paused=yes")
    if came:
        say("Then once more, for what came in the meantime, before you deploy with Paused=no:", f"  TABLE={name}")


def begin(stack: Stack, client: Any, tables: Tables, moment: datetime | None) -> None:
    """Have the target made, and let nobody be signed in there: who was at that moment may have been put out since."""
    make(client, tables, moment)
    mark(client, tables)
    stack.sign_ins_in(tables.target).void_all()
    stack.sessions_in(tables.target).end_all()


def once_more(stack: Stack, client: Any, tables: Tables) -> None:
    """Bring along what came in the meantime into a table in use by now. Raises CannotRestore if that is lost."""
    came = fill(stack, client, tables, replacing=False)
    make_fit(client, tables.target, protected=_protected(stack))
    if not came:
        raise CannotRestore(f"What came into {tables.source} before {tables.target} took its place is lost.")
    say("", "Look into the inbox, by a link of `make leads signin`. Then deploy with Paused=no.")


def fill(stack: Stack, client: Any, tables: Tables, *, replacing: bool) -> bool:
    """Bring along what the target lacks, erase again, and say how much it was; returns False if the source is gone."""
    name, source = tables.target, tables.source
    if there := exists(client, source):
        came, told = bring_enquiries(client, tables)
        say(f"{came} that came since are in {name}, too.")
        if told:
            say(f"On {len(told)} people wrote something since, which is in {source} alone: {', '.join(told)}")
    else:
        say(f"{source} is gone: nothing comes along from it.")
    say(f"{sum(1 for _ in stack.erasure_in(name).again())} were erased since and are erased again.")
    if there and (closed := bring_the_rest(client, tables, replacing=replacing)):
        say(f"Closed in {source} alone: {', '.join(closed)}. If that holds, close it in the inbox.")
    say(f"{compare_with_mails(stack, name, client)} learned of mails that went out since.")
    return there


def _protected(stack: Stack) -> bool:
    return stack.parameters.get("Stage") == "prod"


def empty(stack: Stack, table: str) -> None:
    """Remove everything in a table that the stack has worked on before. Raises CannotRestore where that is in use."""
    if table == stack.outputs["LeadTableName"] or not table.startswith(f"{stack.name}-"):
        raise CannotRestore(f"{table} is in use, or no table of {stack.name}: nothing is removed.")
    before = Table(table, aws_client("dynamodb"))
    gone = list(before.scan(ProjectionExpression="pk, sk"))
    for key in gone:
        before.delete(key)
    say(f"{len(gone)} items are removed from {table}. Its backups hold them for 35 days more.")


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


if __name__ == "__main__":
    sys.exit(main())
