"""What a deployed stack consists of, as its functions' wiring has it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from functions.inbox.session_store import SessionStore
from infra.site.languages import message_files
from infra.site.sources import practice_file
from shared.aws import aws_client
from shared.consent import agreed
from shared.erasure import Erasure
from shared.items import dynamodb_client
from shared.keys import Keys, secrets_manager_client
from shared.lead import Lead
from shared.links import Links
from shared.mail_items import MailStore
from shared.members import Members
from shared.messages import SOURCE_LOCALE
from shared.opening_hours import OpeningHours
from shared.person import People
from shared.pointers import Pointers
from shared.practice import Practice
from shared.sign_ins import SignIns
from shared.store import LeadStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def physical_id(stack: str, logical_id: str) -> str:
    """The name or ARN that one of a stack's resources has. Raises what botocore raises."""
    found = aws_client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def named_values(stack: Mapping[str, Any], kind: Literal["Parameter", "Output"]) -> dict[str, str]:
    """The parameters or the outputs of a stack by their names, as CloudFormation describes it."""
    return {each[f"{kind}Key"]: each[f"{kind}Value"] for each in stack.get(f"{kind}s", ())}


@dataclass(frozen=True)
class Stack:
    """The parts of a stack. Each is made on first use; what is not found raises what botocore raises.

    Attributes:
        name: The stack's name.
    """

    name: str

    @cached_property
    def store(self) -> LeadStore:
        """The leads."""
        return self.store_in(self._table)

    def store_in(self, table: str) -> LeadStore:
        """The leads in a table that has those of this stack."""
        return LeadStore(table, self._dynamodb, self.hours)

    @cached_property
    def hours(self) -> OpeningHours:
        """The opening hours."""
        return OpeningHours.of(self._practice)

    @cached_property
    def people(self) -> People:
        """What finds a person."""
        pointers = Pointers(self._table, self._dynamodb)
        return People(self.store, pointers, self.mails_in(self._table), self.keys.person_digest)

    @cached_property
    def keys(self) -> Keys:
        """The keys."""
        return Keys(physical_id(self.name, "Keys"), secrets_manager_client())

    @cached_property
    def links(self) -> Links:
        """Links to the pages at the address that the stack has."""
        return Links(self.keys, self.outputs["PageUrl"].rstrip("/"))

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """The outputs."""
        return named_values(self._described, "Output")

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters."""
        return named_values(self._described, "Parameter")

    @cached_property
    def members(self) -> Members:
        """Who works in the inbox."""
        return Members(self.parameters["InboxMembers"] or self.parameters["AlertRecipient"])

    @cached_property
    def sign_ins(self) -> SignIns:
        """Who asked to be signed in."""
        return self.sign_ins_in(self._table)

    def sign_ins_in(self, table: str) -> SignIns:
        """Who asked to be signed in, in a table that has those of this stack."""
        return SignIns(table, self._dynamodb)

    @cached_property
    def sessions(self) -> SessionStore:
        """Who is signed in."""
        return self.sessions_in(self._table)

    def sessions_in(self, table: str) -> SessionStore:
        """Who is signed in, in a table that has those of this stack."""
        return SessionStore(table, self._dynamodb, self.members)

    @cached_property
    def erasure(self) -> Erasure:
        """What erases."""
        return self.erasure_in(self._table)

    def erasure_in(self, table: str) -> Erasure:
        """What erases in a table that has the leads of this stack."""
        record = physical_id(self.name, "Erasures")
        return Erasure(table, record, self._dynamodb, self.mails_in(table), time.time)

    def agreed(self, lead: Lead) -> str | None:
        """What a person agreed to, in their language; None where it is not known any more."""
        locale = lead.enquiry.locale
        catalog = message_files.read(message_files.LOCALES, locale) if locale != SOURCE_LOCALE else None
        return agreed(lead, message_files.translations(catalog), self._practice.name)

    def mails_in(self, table: str) -> MailStore:
        """The mails in a table that has those of this stack."""
        return MailStore(table, self._dynamodb, budget=0)  # none is sent

    @cached_property
    def _described(self) -> Any:
        (stack,) = aws_client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return stack

    @cached_property
    def _practice(self) -> Practice:
        return practice_file.load()

    @cached_property
    def _table(self) -> str:
        return self.outputs["LeadTableName"]

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        return dynamodb_client()
