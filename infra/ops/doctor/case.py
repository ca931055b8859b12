"""What is looked at: the settings of a stage, its stack if it stands, and what can be asked about both."""

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError

from infra.local import template
from infra.ops.doctor import outside
from infra.ops.doctor.outside import Answer
from infra.ops.stack import named_values
from infra.site.errors import ROOT
from shared.aws import aws_client
from shared.errors import NeedlepointError
from shared.practice import Practice

# A stack in one of these has its resources; in any other there is nothing to look at, or not yet.
_STANDS: Final = (
    *("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
    *("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_FAILED"),
    *("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
    *("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE"),
)


class CannotLook(NeedlepointError):
    """There is nothing to look at; the message says why."""


@dataclass(frozen=True)
class Config:
    """What samconfig.toml has for a stage.

    Attributes:
        stack: The stack's name.
        region: Where it is deployed to; None where that is the shell's business.
        parameters: The template's parameters that it gives.
    """

    stack: str
    region: str | None
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, block: str, path: Path = ROOT / "samconfig.toml") -> "Config":
        """Read a stage's block (SAM calls dev's "default"), as the SAM CLI reads it.

        Raises:
            CannotLook: It is no TOML, has no such block, or parameters that cannot be read.
        """
        from click import ClickException
        from samcli.cli.types import CfnParameterOverridesType

        try:
            tables = tomllib.loads(path.read_text("utf-8")).get(block, {})
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise CannotLook(f"{path.name} cannot be read: {error}") from error
        values = {**_parameters(tables, "global"), **_parameters(tables, "deploy")}
        if "stack_name" not in values:
            raise CannotLook(f"{path.name} has no [{block}.global.parameters] with a stack_name.")
        try:
            given = CfnParameterOverridesType().convert(values.get("parameter_overrides"), None, None)
        except ClickException as error:
            raise CannotLook(f"{path.name}, parameter_overrides of {block}: {error.message}") from error
        return cls(values["stack_name"], values.get("region"), given)


def _parameters(tables: Mapping[str, Any], command: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = tables.get(command, {}).get("parameters", {})
    return found


class Resource(NamedTuple):
    """A resource of a stack; `id` is what AWS calls it, its name, address or ARN."""

    logical_id: str
    type: str
    id: str


@dataclass(frozen=True)
class Deployed:
    """A stack as CloudFormation describes it."""

    name: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    resources: Sequence[Resource]

    def __getitem__(self, logical_id: str) -> str:
        for each in self.resources:
            if each.logical_id == logical_id:
                return each.id
        raise CannotLook(f"the stack has no {logical_id}, which this release has")

    def of_type(self, kind: str) -> Iterator[Resource]:
        """Its resources of a type."""
        return (each for each in self.resources if each.type == kind)

    @property
    def stands(self) -> bool:
        """Whether its resources are there."""
        return self.status in _STANDS

    @classmethod
    def read(cls, name: str, cloudformation: Any) -> "Deployed | None":
        """The stack of a name, or None. Raises what botocore raises."""
        try:
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            # CloudFormation has no code of its own for it.
            if "does not exist" in str(error):
                return None
            raise
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        return cls(
            name,
            stack["StackStatus"],
            named_values(stack, "Parameter"),
            named_values(stack, "Output"),
            [
                Resource(each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", ""))
                for page in pages
                for each in page["StackResourceSummaries"]
            ],
        )


@dataclass(frozen=True)
class Case:
    """All that the checks look at, and what they ask. Each answer of AWS that several need is asked for once.

    Attributes:
        declared: The template's parameters, as it declares them.
        given: Those that samconfig.toml has.
        practice: The practice file.
        stack: The stack, or None before it is deployed.
        now: Seconds since the epoch.
        aws: A client for a service, by boto3's name of it, and if wanted with another `region_name`.
        fetch: Asks for a page.
        resolve: Asks for records of a name.
        sleep: Waits so many seconds.
        rules: The template's rules, of parameters that have to go together.
    """

    declared: Mapping[str, Any]
    given: Mapping[str, str]
    practice: Practice
    stack: Deployed | None
    now: float
    aws: Callable[..., Any]
    fetch: Callable[[str], Answer] = outside.fetch
    resolve: Callable[[str, str], Sequence[str]] = outside.resolve
    sleep: Callable[[float], None] = time.sleep
    rules: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The values of the next deployment, as SAM puts them together; empty where there is none.

        What samconfig.toml does not give stays as it is in the stack.
        """
        values = {name: str(spec.get("Default", "")) for name, spec in self.declared.items()}
        values |= {**(self.stack.parameters if self.stack else {}), **self.given}
        return {name: values[name] for name in self.declared}

    @property
    def region(self) -> str:
        """The region that the stack is in, or will be."""
        return str(self.aws("cloudformation").meta.region_name)

    @cached_property
    def account(self) -> Mapping[str, Any]:
        """What SES says of the account."""
        answer: Mapping[str, Any] = self.aws("sesv2").get_account()
        return answer

    @property
    def is_in_sandbox(self) -> bool:
        """Whether SES mails confirmed addresses alone."""
        return not self.account["ProductionAccessEnabled"]

    @cached_property
    def identities(self) -> Mapping[str, bool]:
        """The addresses and domains that SES knows, and whether each is verified."""
        return {
            each["IdentityName"]: each["VerificationStatus"] == "SUCCESS"
            for page in pages(self.aws("sesv2").list_email_identities)
            for each in page["EmailIdentities"]
        }


def pages(ask: Callable[..., Mapping[str, Any]], **asked: Any) -> Iterator[Mapping[str, Any]]:
    """Every page of an answer that botocore has no paginator for."""
    more: dict[str, str] = {}
    while True:
        page = ask(**asked, **more)
        yield page
        if not (token := page.get("NextToken")):
            return
        more = {"NextToken": token}


@cache
def client(service: str, **options: Any) -> Any:
    """A client for a service, made once; with `region_name`, in another region."""
    return aws_client(service, **options)


def declared() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The template's parameters, and its rules."""
    sam = template.read(ROOT / "template.yaml")
    return sam["Parameters"], sam["Rules"]
