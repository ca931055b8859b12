"""What a shell does with the enquiries of a running stack, by the documented commands; also after a restore."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.local.cloud import STACK_NAME
from infra.local.stack import LocalStack
from infra.local.template import REGION
from infra.ops import restore
from infra.ops.new_table import Tables, make
from infra.ops.stack import Stack
from shared.facts import with_outcome
from shared.outcomes import Outcome
from tests.stack.conftest import MakeLeads, eventually, make_due
from tests.stack.test_journey import enquiry, mailed, send, stored

GRAVE = frozenset({"pk", "sk", "erased_at", "expires_at"})
RECORD = frozenset({"lead_id", "erased_at", "expires_at"})


def alerted(stack: LocalStack, name: str, **more: Any) -> dict[str, Any]:
    """An enquiry whose alert has been sent."""
    assert send(stack, enquiry(name) | more).status == 201
    (new,) = stored(stack, name)
    eventually(lambda: mailed(stack, new["reference"]))
    (lead,) = stored(stack, name)
    return lead


def test_an_erased_enquiry_leaves_nothing_that_leads_to_its_person(running: LocalStack, make_leads: MakeLeads) -> None:
    lead = alerted(running, "Erased Soon")

    status, said, _ = make_leads("erase", lead["reference"].lower())

    assert status == 0
    assert f"Enquiry {lead['reference']} is erased." in said
    left = [item for item in running.items() if lead["id"] in json.dumps(item)]
    assert {frozenset(item) for item in left} == {GRAVE, RECORD}
    # and who asks again is told so
    for command in ("erase", "show", "export"):
        status, _, wrong = make_leads(command, lead["reference"])
        assert status == 1
        assert f"There is no enquiry {lead['reference']}, or it is erased already." in wrong
    assert send(running, enquiry("Erased Soon")).status == 422


def test_all_that_is_kept_of_a_person_is_written_out(running: LocalStack, make_leads: MakeLeads) -> None:
    phone, email = "(602) 555-0144", "shown@example.com"
    first = alerted(running, "Shown Once", phone=phone, message="one\nledger:\n  1: forged")
    alerted(running, "Shown Twice", phone=phone, email=email)
    alerted(running, "Shown Thrice", phone=None, email=email)

    _, text, _ = make_leads("show", first["reference"])
    _, file, _ = make_leads("export", first["reference"])

    document = json.loads(file)
    assert [each["entered"]["name"] for each in document["enquiries"]] == ["Shown Once", "Shown Twice", "Shown Thrice"]
    assert {mail["kind"] for mail in document["mails"]} == {"alert"}
    for words in ("Shown Once", "Shown Thrice", "I agree that", "alert_sent"):
        assert words in text
        assert words in file
    assert "\n  1: forged" not in text


# ---- put back as they were, while the stack goes on: nobody comes back, and nothing is sent twice

TARGET = "needlepoint-restored"


@pytest.fixture
def client(running: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    return boto3.client("dynamodb")


@pytest.fixture
def paused(client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The stack, as if it had been deployed with Paused=yes; it goes on, so that something happens in the meantime."""
    stack = Stack(STACK_NAME)
    monkeypatch.setitem(stack.__dict__, "parameters", {**stack.parameters, "Paused": "yes", "Stage": "prod"})
    yield stack
    client.update_table(TableName=TARGET, DeletionProtectionEnabled=False)
    client.delete_table(TableName=TARGET)


def in_target(client: Any, lead: dict[str, Any]) -> dict[str, Any]:
    item = client.get_item(TableName=TARGET, Key={"pk": {"S": lead["pk"]}, "sk": {"S": "LEAD"}}).get("Item", {})
    return {name: next(iter(value.values())) for name, value in item.items()}


def test_a_restored_table_is_made_fit_before_anything_reads_it(
    running: LocalStack, paused: Stack, client: Any, make_leads: MakeLeads, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a moment at which one enquiry still waits for its alert
    stays, erased = alerted(running, "Stays"), alerted(running, "Erased Since")
    running.set_fault("ses", "rejected")
    assert send(running, enquiry("Alerted Since")).status == 201
    (waits,) = eventually(lambda: [each for each in stored(running, "Alerted Since") if "alert_error" in each])
    make(client, Tables(running.cloud.outputs()["LeadTableName"], TARGET), None)
    # and what happened since
    running.set_fault("ses", None)
    make_due(running)
    running.schedule.wake()
    eventually(lambda: mailed(running, waits["reference"]))
    came = alerted(running, "Came Since")
    make_leads("erase", erased["reference"])
    paused.store.change(stays["id"], lambda lead: with_outcome(lead, Outcome.BOOKED, time.time(), "doctor@example.com"))
    assert "name" in in_target(client, erased)
    assert "alert_sent_at" not in in_target(client, waits)

    # when
    restore.restore(paused, None, TARGET)

    # then
    said = capsys.readouterr().out
    assert "name" not in in_target(client, erased)
    assert in_target(client, waits)["alert_sent_at"]
    assert "alert_owed" not in in_target(client, waits)
    assert in_target(client, came)["name"] == "Came Since"
    assert "outcomes" not in in_target(client, stays)
    assert stays["reference"] in said
    described = client.describe_table(TableName=TARGET)["Table"]
    assert described["DeletionProtectionEnabled"]
    assert f"RestoredTable={TARGET} RestoredStream={described['LatestStreamArn']} Paused=yes" in said
    assert client.describe_time_to_live(TableName=TARGET)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    backups = client.describe_continuous_backups(TableName=TARGET)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"

    # and once more, for what came in the meantime, it changes nothing else
    later = alerted(running, "Came Later")
    restore.restore(paused, None, TARGET)
    assert "1 that came since" in capsys.readouterr().out
    assert in_target(client, later)["name"] == "Came Later"


def test_nothing_is_put_back_while_alerts_go_out(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore.main([STACK_NAME]) == 1
    assert "does not stand still: deploy it with Paused=yes first" in capsys.readouterr().err
    assert TARGET not in client.list_tables()["TableNames"]


def test_the_table_of_before_is_emptied_and_the_one_in_use_is_not(
    running: LocalStack, client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    in_use, before = running.cloud.outputs()["LeadTableName"], f"{STACK_NAME}-before"
    make(client, Tables(in_use, before), None)
    kept = client.scan(TableName=in_use)["Count"]
    assert kept

    for table, status in ((in_use, 1), ("anothers", 1), (before, 0)):
        assert restore.main([STACK_NAME, "--empty", table]) == status

    assert (client.scan(TableName=in_use)["Count"], client.scan(TableName=before)["Count"]) == (kept, 0)
    assert f"{in_use} is in use" in capsys.readouterr().err
    client.delete_table(TableName=before)
