"""What a shell does with the enquiries of a running stack, by the documented commands."""

import json
from typing import Any

import boto3

from infra.local.cloud import STACK_NAME
from infra.local.stack import LocalStack
from infra.local.template import REGION
from infra.ops.stack import physical_id
from tests.stack.conftest import MakeLeads, eventually
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


def test_what_a_restore_brings_back_is_erased_again(running: LocalStack, make_leads: MakeLeads) -> None:
    lead = alerted(running, "Back Again")
    client = boto3.client("dynamodb", endpoint_url=running.endpoint.url, region_name=REGION)
    table = physical_id(STACK_NAME, "LeadTable")
    client.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName="restored", UseLatestRestorableTime=True
    )
    make_leads("erase", lead["reference"])

    def back() -> list[Any]:
        found = client.scan(TableName="restored")["Items"]
        return [item for item in found if item["pk"]["S"] == lead["pk"] and "name" in item]

    assert back()
    status, said, _ = make_leads("erase-again", "restored")

    assert (status, back()) == (0, [])
    assert "are erased again" in said
