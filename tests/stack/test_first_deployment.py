"""`sam deploy --guided` with the keys that docs/operations.md tells to press: the SAM CLI itself, stacks in moto."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal.models import moto_api_backend
from moto.sesv2.models import sesv2_backends
from samtranslator.yaml_helper import yaml_parse

from infra.local import moto_models, template
from infra.local.endpoint import AwsEndpoint
from infra.ops.doctor.case import Config
from tests.conftest import ROOT

pytestmark = [pytest.mark.long, pytest.mark.sam]

OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
A_QUESTION = re.compile(r"\[[^\]]*\]:$")

DEV = {
    "AlertRecipient": "me+needlepoint@example.com",
    "AlertSender": "website@example.com",
    "OpsEmail": "me@example.com",
}
PROD = {**DEV, "AlertRecipient": "o'brien@x.xn--p1ai"}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An AWS account that nothing was deployed to yet: where its endpoint is."""
    monkeypatch.setattr(CloudFormationBackend, "create_change_set", translated(CloudFormationBackend.create_change_set))
    monkeypatch.setattr(CloudFormationBackend, "execute_change_set", create_or_roll_back)
    endpoint = AwsEndpoint()
    moto_api_backend.reset()
    endpoint.start()
    # By name: moto takes the dots of an address for those between a bucket's name and S3's.
    yield endpoint.url.replace("127.0.0.1", "localhost")
    endpoint.stop()
    moto_api_backend.reset()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout after `sam build`, with a line of code for each function; the packages have tests of their own."""
    build = tmp_path / ".aws-sam/build"
    shutil.copytree(ROOT / "tests/stack/fixture_project/handlers", build / "code")
    written = (ROOT / "template.yaml").read_text("utf-8")
    (build / "template.yaml").write_text(written.replace("CodeUri: .\n", "CodeUri: code\n"), "utf-8")
    shutil.copy(ROOT / "samconfig.toml", tmp_path)
    return tmp_path


def test_the_documented_keys_deploy_dev_and_then_prod_in_the_same_account(account: str, checkout: Path) -> None:
    # when
    dev = press(checkout, account, "--guided", keys=DEV)
    prod = press(checkout, account, "--guided", "--config-env", "prod", keys={**PROD, "RegisterSender": "no"})

    # then
    assert "Successfully created/updated stack - needlepoint-dev" in dev.said
    assert "Successfully created/updated stack - needlepoint-prod" in prod.said
    assert not [question for question in dev.asked + prod.asked if "authentication" in question]
    assert identities() == {DEV["AlertRecipient"], DEV["AlertSender"], PROD["AlertRecipient"]}
    assert deployed(account, "needlepoint-dev").items() >= {**DEV, "Stage": "dev", "LogRetentionDays": "30"}.items()
    assert deployed(account, "needlepoint-prod").items() >= {**PROD, "Stage": "prod", "LogRetentionDays": "90"}.items()

    # when there is something new to deploy
    saved = tomllib.loads((checkout / "samconfig.toml").read_text("utf-8"))
    built = checkout / ".aws-sam/build/template.yaml"
    built.write_text(built.read_text("utf-8").replace("BatchSize: 10", "BatchSize: 9"), "utf-8")
    again = press(checkout, account, "--config-env", "prod", keys={})

    # then what was typed is still known
    assert [name for name in saved if name != "version"] == ["default", "prod"]
    assert Config.read("default", checkout / "samconfig.toml").parameters.items() >= DEV.items()
    assert again.asked == ["Deploy this changeset? [y/N]:"]
    assert deployed(account, "needlepoint-prod").items() >= {**PROD, "RegisterSender": "no"}.items()


def test_a_first_deployment_that_failed_can_simply_be_repeated(account: str, checkout: Path) -> None:
    # given a sender that the account has already
    boto3.client("sesv2", endpoint_url=account).create_email_identity(EmailIdentity=DEV["AlertSender"])

    # when
    failed = press(checkout, account, "--guided", keys=DEV, returns=1)
    assert f"'{DEV['AlertSender']}' already exists" in failed.said
    assert "Stack needlepoint-dev has been deleted" in failed.said
    assert identities() == {DEV["AlertSender"]}
    press(checkout, account, "--guided", keys={"RegisterSender": "no"})

    # then
    assert deployed(account, "needlepoint-dev").items() >= DEV.items()
    assert identities() == {DEV["AlertSender"], DEV["AlertRecipient"]}


def test_the_document_says_what_to_press_and_where() -> None:
    asked = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Parameters"]
    table = OPERATIONS.partition("| at the question |")[2].partition("\n\n")[0]

    named = set(re.findall(r"`(\w+)`", table))
    assert named <= set(asked) | {"no", "y", "full"}
    assert {name for name, each in asked.items() if "Default" not in each} <= named
    assert {"RegisterRecipient", "RegisterSender", "AlertDetail"} <= named
    assert "`Deploy this changeset? [y/N]`" in table


@dataclass
class Session:
    """What stood on the terminal, and the questions in it."""

    said: str = ""
    asked: list[str] = field(default_factory=list)


def press(checkout: Path, account: str, *options: str, keys: Mapping[str, str], returns: int = 0) -> Session:
    """`sam deploy` at a terminal. `keys` are typed where the question has such a word; elsewhere Enter alone."""
    answers = {**keys, "Deploy this changeset": "y"}
    session = Session()
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "samcli", "deploy", *options],
        cwd=checkout,
        env={**os.environ, "AWS_ENDPOINT_URL": account, "__SAM_CLI_APP_DIR": str(checkout / "home"), "COLUMNS": "400"},
        stdin=end,
        stdout=end,
        stderr=end,
    ) as process:
        os.close(end)
        with suppress(OSError):  # what a terminal gives on Linux once the other end is closed
            while chunk := os.read(terminal, 65_536):
                session.said += COLOURS.sub("", chunk.decode())
                question = session.said.rpartition("\n")[2].strip()
                if A_QUESTION.search(question):
                    session.asked.append(question)
                    answer = next((text for word, text in answers.items() if word in question), "")
                    os.write(terminal, f"{answer}\n".encode())
                    session.said += " \n"
        os.close(terminal)
    print(session.said)
    assert process.returncode == returns
    return session


def deployed(account: str, stack: str) -> dict[str, str]:
    """The parameters of a stack that stands."""
    cloudformation = boto3.client("cloudformation", endpoint_url=account)
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    return {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}


def identities() -> set[str]:
    """Every address that SES knows in the account."""
    return set(sesv2_backends[DEFAULT_ACCOUNT_ID][template.REGION].core_backend.email_identities)


def translated(create_change_set: Any) -> Any:
    """CloudFormation's change sets, with SAM's transform, which moto does not run."""

    def create(backend: CloudFormationBackend, *, template: str, parameters: dict[str, str], **others: Any) -> Any:
        plain = translate(template, parameters)
        return create_change_set(backend, template=plain, parameters=parameters, **others)

    return create


def translate(text: str, parameters: Mapping[str, str]) -> str:
    """A SAM template as CloudFormation; raises what CloudFormation refuses of the parameters."""
    sam = yaml_parse(text)
    values = template.parameter_values(sam.get("Parameters", {}), parameters)
    translation = template.Template(template.translate(sam, values), values)
    moto_models.teach(each["Type"] for each in translation.cloudformation["Resources"].values())
    return json.dumps(translation.cloudformation)


def create_or_roll_back(backend: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    """What executing a change set does, where moto gives a new stack no outputs and rolls nothing back."""
    change_set = backend.describe_change_set(change_set_name)
    assert change_set
    stack = change_set.stack
    if change_set.change_set_type == "UPDATE":
        change_set.apply()
        finish(stack, "UPDATE_COMPLETE")
        return
    before = identities()
    del backend.stacks[stack.stack_id]
    try:
        created = backend.create_stack(stack.name, change_set.template, change_set.parameters, tags=change_set.tags)
    except ValueError as error:
        # Everything that was created is deleted again: its policy is RetainExceptOnCreate, which a test holds up.
        for address in identities() - before:
            sesv2_backends[backend.account_id][backend.region_name].delete_email_identity(address)
        backend.delete_stack(stack.name)
        finish(stack, "ROLLBACK_COMPLETE", str(error))
    else:
        del backend.stacks[created.stack_id]
        created.stack_id = stack.stack_id  # whoever waits for it knows it by the id that it had in review
        stack = created
    backend.stacks[stack.stack_id] = stack


def finish(stack: Stack, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack._add_stack_event(status, resource_status_reason=reason)
