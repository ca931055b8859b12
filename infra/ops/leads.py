"""Leads from a shell, with the code of the inbox: `make leads COMMAND …` (`python -m infra.ops.leads STACK COMMAND …`).

Each command is a function that takes the stack and what was asked, and writes what it found or did.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.ops.stack import Stack
from shared.duties import deadline
from shared.errors import NeedlepointError
from shared.lead import read_reference
from shared.links import INBOX_PATH
from shared.members import member_digest
from shared.person import Person


class NotFound(NeedlepointError):
    """What was asked for is not there. The message says so to whoever asked."""


def list_open(stack: Stack, _asked: argparse.Namespace) -> None:
    """Write out the enquiries that wait for somebody, the most urgent first."""
    now, clock = time.time(), stack.hours.zone.time
    for lead in sorted(stack.store.read_each(stack.store.open()), key=lambda lead: deadline(lead, stack.hours) or 0):
        at = deadline(lead, stack.hours)
        if at and lead.expires_at > now:
            late = "late" if at < now else ""
            way = lead.phone_as_written or lead.enquiry.phone or lead.enquiry.email or ""
            _say("\t".join((lead.reference, f"{clock(at):%Y-%m-%d %H:%M}", late, lead.enquiry.name, way)))


def show(stack: Stack, asked: argparse.Namespace) -> None:
    """Write out all that is kept of whoever wrote an enquiry, to read."""
    _say(*_outline(_document(stack, asked.reference)))


def export(stack: Stack, asked: argparse.Namespace) -> None:
    """Write out all that is kept of whoever wrote an enquiry, as JSON."""
    _say(json.dumps(_document(stack, asked.reference), ensure_ascii=False, indent=2))


def erase(stack: Stack, asked: argparse.Namespace) -> None:
    """Erase enquiries and all that leads to them."""
    for reference in asked.references:
        ids = [each for each in stack.store.of_reference(reference) if stack.erasure.erase(each)]
        if not ids:
            raise NotFound(f"There is no enquiry {reference}, or it is erased already.")
        _say(f"Enquiry {reference} is erased.")
    _say("Backups hold what is erased for 35 days more, and mailboxes their mails: docs/privacy.md")


def sign_in(stack: Stack, asked: argparse.Namespace) -> None:
    """Write out a link that signs a member in who is locked out, once and within twenty minutes."""
    listed = ", ".join(stack.members.addresses)
    if asked.member is None and len(stack.members.addresses) != 1:
        raise NotFound(f"Say whom it is for: {listed}")
    member = asked.member or listed
    if member not in stack.members:
        raise NotFound(f"{member} is no member of the inbox. Members are: {listed}")
    ask = stack.sign_ins.ask(member_digest(member, stack.keys), INBOX_PATH, time.time(), mailed=True)
    _say(stack.links.to_sign_in(ask))


def sign_out(stack: Stack, _asked: argparse.Namespace) -> None:
    """End every session of everybody, and void every mail to sign in that is under way."""
    voided, ended = stack.sign_ins.void_all(), stack.sessions.end_all()
    _say(f"{ended} sessions are ended, and {voided} links and codes to sign in are void.")


def _document(stack: Stack, reference: str) -> Mapping[str, Any]:
    return _person(stack, reference).document(time.time(), stack.agreed)


def _person(stack: Stack, reference: str) -> Person:
    for lead_id in stack.store.of_reference(reference):
        if lead := stack.store.read(lead_id):
            return stack.people.of(lead)
    raise NotFound(f"There is no enquiry {reference}, or it is erased already.")


def _outline(value: Any, indent: str = "") -> Iterator[str]:
    """The lines of a document, as an outline."""
    for name, member in value.items() if isinstance(value, Mapping) else enumerate(value, 1):
        if isinstance(member, Mapping | list | tuple):
            yield f"{indent}{name}:"
            yield from _outline(member, f"{indent}  ")
        else:
            # What was entered cannot pass for another line of the outline.
            yield f"{indent}{name}: {str(member).replace('\n', f'\n{indent}  | ')}"


def reference(text: str) -> str:
    """A reference that somebody typed. Raises ArgumentTypeError where it is none."""
    if (found := read_reference(text)) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no reference; one looks like 7KQM-4TWX")
    return found


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = argparse.ArgumentParser(prog="make leads", description="Leads of a deployed stack, from a shell.")
    made.add_argument("stack", help="the stack's name, such as needlepoint-prod; make takes it from STAGE")
    commands = made.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[Stack, argparse.Namespace], None]) -> argparse.ArgumentParser:
        summary = (run.__doc__ or "").rstrip(".")
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    one: dict[str, Any] = {"type": reference, "help": "an enquiry's reference, such as 7KQM-4TWX"}
    command("list", list_open)
    command("show", show).add_argument("reference", **one)
    command("export", export).add_argument("reference", **one)
    command("erase", erase).add_argument("references", nargs="+", metavar="reference", **one)
    member = command("signin", sign_in)
    member.add_argument(
        "member", nargs="?", help="the address of a member; it may be left out where there is one alone"
    )
    command("signout", sign_out)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; returns the exit status."""
    asked = parser().parse_args(arguments)
    try:
        asked.run(Stack(asked.stack), asked)
    except (BotoCoreError, ClientError, NeedlepointError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
