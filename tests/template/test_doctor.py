"""`make doctor` finds nothing on a healthy stack, and names each of many faults, put in one at a time."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from infra.local.cloud import STACK_NAME
from infra.local.template import ACCOUNT_ID, REGION
from infra.ops.doctor import __main__ as doctor
from infra.ops.doctor.__main__ import look, report
from infra.ops.doctor.case import Case, Config
from infra.ops.doctor.findings import Level
from infra.site.sources import practice_file
from tests.conftest import ROOT
from tests.practice import PRACTICE
from tests.template.doctor.mail_faults import MAIL_FAULTS, SANDBOX, in_the_sandbox
from tests.template.doctor.stack_faults import STACK_FAULTS, step
from tests.template.doctor.world import NOW, PARAMETERS, Fault, World, healthy_world

FAULTS = MAIL_FAULTS | STACK_FAULTS
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")


@pytest.fixture(scope="module")
def built() -> Iterator[World]:
    with healthy_world() as world:
        yield world


@pytest.fixture
def world(built: World) -> World:
    built.well()
    return built


def found(case: Case) -> list[str]:
    """All that is not well."""
    return [f"{each.level}: {each.what} -> {each.do}" for each in look(case) if each.level is not Level.OK]


def test_nothing_is_found_on_a_healthy_stack(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    status = report(world.case())

    said = capsys.readouterr().out.splitlines()
    assert status == 0
    assert said[-1] == f"0 wrong, 0 to note, {len(said) - 2} well."
    assert all(line.startswith("ok ") for line in said[:-2])


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_what_to_do_and_nothing_else_is(world: World, fault: Fault) -> None:
    undo = fault.put(world)
    try:
        said = found(world.case())
    finally:
        if undo:
            undo()

    assert len(said) == len(fault.said), said
    for expected, line in zip(fault.said, said, strict=True):
        assert re.match(expected, line), line


@pytest.mark.parametrize(
    ("fault", "status"), [("a dead letter", 1), ("a new account's concurrency", 0)], ids=["wrong", "note"]
)
def test_the_exit_status_is_1_where_something_is_wrong(
    world: World, capsys: pytest.CaptureFixture[str], fault: str, status: int
) -> None:
    undo = FAULTS[fault].put(world)

    assert report(world.case()) == status
    assert "     -> " in capsys.readouterr().out
    if undo:
        undo()


def test_before_the_first_deployment_the_stack_is_left_out_in_one_line(world: World) -> None:
    case = replace(world.case(), stack=None, given=PARAMETERS | {"RegisterSender": "no", "RegisterRecipient": "no"})

    assert found(case) == [
        "note: There is no stack yet, and what is to be seen of one is left out -> `make deploy FLAGS=--guided`"
    ]


def test_before_anything_was_typed_only_what_is_missing_is_named(world: World) -> None:
    said = found(replace(world.case(), stack=None, given={"Stage": "prod", "TimeZone": PARAMETERS["TimeZone"]}))

    assert [line.partition(" ->")[0] for line in said[:-1]] == [
        f"wrong: {name} has no value" for name in ("AlertRecipient", "AlertSender", "OpsEmail")
    ]


def test_of_a_stack_that_never_stood_nothing_is_looked_at(world: World) -> None:
    # CloudFormation has taken its identities along.
    world.given |= {"RegisterSender": "no", "RegisterRecipient": "no"}
    world.stack = replace(world.stack, status="ROLLBACK_COMPLETE", parameters={}, resources=[])

    (said,) = found(world.case())

    assert said.startswith("wrong: needlepoint is ROLLBACK_COMPLETE, ")
    assert "docs/operations.md#deploying" in said


def test_a_stack_of_an_earlier_release_lacks_what_this_one_looks_at(world: World) -> None:
    world.stack = replace(
        world.stack, resources=[each for each in world.stack.resources if each.logical_id != "AlarmTopic"]
    )

    (said,) = found(world.case())

    assert said.startswith(
        "wrong: Alarms reach somebody? That could not be looked at: CannotLook: the stack has no AlarmTopic"
    )


def test_in_dev_nobody_but_the_recipient_is_mailed(world: World) -> None:
    in_the_sandbox(world, "doctor@elsewhere.test", "owner@elsewhere.test")
    world.deploy(Stage="dev")
    world.practice = replace(world.practice, origin="https://www.example.com")

    sandbox, links = found(world.case())

    assert re.match(SANDBOX, sandbox)
    assert re.match("note: The pages are at .* -> As long as that is prod's", links)


@pytest.mark.parametrize(
    ("next_at", "times", "expires_at"),
    [
        (NOW - 600, {"stored_at": "2026-11-20T12:00:00Z"}, NOW + 60),
        (0, {"stored_at": "2026-11-23T11:50:00Z"}, NOW + 60),
        (0, {"stored_at": "2026-11-20T12:00:00Z", "alert_asked_at": "2026-11-23T11:59:00Z"}, NOW + 60),
        (NOW - 86_400, {"stored_at": "2026-11-20T12:00:00Z"}, NOW - 60),
    ],
    ids=["due for ten minutes", "stored just now", "asked for again", "expired"],
)
def test_what_is_due_and_will_be_done_is_no_fault(
    world: World, next_at: float, times: dict[str, str], expires_at: float
) -> None:
    undo = step(world, next_at=next_at, expires_at=expires_at, **times)
    try:
        assert found(world.case()) == []
    finally:
        undo()


def test_cloudformation_is_given_the_time_that_the_document_says(world: World) -> None:
    FAULTS["a comparison that takes long"].put(world)

    found(world.case())

    assert f"waits {sum(world.slept) / 60:g} minutes" in OPERATIONS.replace("five", "5")


def test_the_document_has_every_right_that_is_needed_and_each_only_reads(world: World) -> None:
    FAULTS["a property changed by hand"].put(world)
    undo = step(world, next_at=NOW - 3600, stored_at="2026-11-20T12:00:00Z")
    world.asked.clear()
    found(world.case())
    undo()
    # Which stack there is was asked before.
    asked = {*world.asked, ("cloudformation", "DescribeStacks"), ("cloudformation", "ListStackResources")}

    rights = {f"{service.removesuffix('v2')}:{operation}" for service, operation in asked}
    section = OPERATIONS.partition("## The doctor\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+:\w+)`", section)) == rights
    assert {re.match("[A-Z][a-z]+", operation)[0] for _, operation in asked} <= {  # type: ignore[index]
        *("Batch", "Describe", "Detect", "Get", "List", "Scan")
    }


# ---- the command


@pytest.fixture
def command(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The command, at the healthy stage; samconfig.toml has its parameters, and no region."""
    monkeypatch.setattr(doctor, "client", world.aws)
    monkeypatch.setattr(Config, "read", lambda _: Config(STACK_NAME, None, PARAMETERS))
    monkeypatch.setattr(practice_file, "load", lambda: PRACTICE)
    return world


def test_the_command_opens_the_stage_that_samconfig_names(command: World, capsys: pytest.CaptureFixture[str]) -> None:
    case = doctor.open_case("prod")

    assert capsys.readouterr().out == f"{STACK_NAME} in {REGION}, account {ACCOUNT_ID}\n\n"
    assert case.stack == command.stack
    assert case.given == PARAMETERS


def test_the_command_knows_that_there_is_no_stack(command: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Config, "read", lambda _: Config("needlepoint-new", REGION, PARAMETERS))

    assert doctor.open_case("prod").stack is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoCredentialsError(), "AWS cannot be asked: Unable to locate credentials"),
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "GetCallerIdentity"), "ExpiredToken"),
        (NoRegionError(), "No region is set: export AWS_DEFAULT_REGION=us-west-2"),
    ],
)
def test_without_credentials_or_a_region_nothing_is_looked_at(
    command: World, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    command.stubs["sts", "GetCallerIdentity"] = error

    assert doctor.main(["prod"]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
    assert isinstance(error, NoRegionError) or "aws sso login" in shown.err


def test_another_region_than_the_stage_s_is_not_looked_at(
    command: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Config, "read", lambda _: Config(STACK_NAME, "eu-west-1", PARAMETERS))

    assert doctor.main(["prod"]) == 2
    assert "export AWS_DEFAULT_REGION=eu-west-1" in capsys.readouterr().err


def test_the_command_says_all_and_gives_the_status(
    command: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "open_case", lambda _: command.case())

    assert doctor.main(["prod"]) == 0
    assert "No alarm fires" in capsys.readouterr().out


def test_a_stage_that_samconfig_does_not_have_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["test"]) == 2
    assert "samconfig.toml has no [test.global.parameters]" in capsys.readouterr().err
