"""The enquiries that the local stack can be filled with."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.sample import COUNT, Sample
from shared.duties import Duty, deadline, duties
from shared.items import value_of
from shared.lead import Lead, seconds, timestamp
from shared.ledger import changes_since
from shared.opening_hours import OpeningHours
from shared.pointers import Pointers, lead_at
from shared.practice import read_compiled
from shared.store import LeadStore
from tests.clock import Clock
from tests.direct import DirectClient
from tests.integration.conftest import SITE_LOCALES, Stack

pytestmark = pytest.mark.long


@dataclass
class Filled:
    """A stack that was filled, and what its stores give."""

    stack: Stack
    sample: Sample
    clock: Clock
    hours: OpeningHours

    def fill(self) -> int:
        return self.sample.fill(self.clock())

    def leads(self) -> list[Lead]:
        store = LeadStore(self.stack.table, self.stack.dynamodb, self.hours)
        return list(store.read_each(lead["pk"].removeprefix("LEAD#") for lead in self.stack.leads()))


@pytest.fixture
def filled(stack: Stack, task_root: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Filled:
    variables = {**stack.variables["notify"], **stack.variables["leads"]}
    direct: Any = DirectClient()
    for function in ("notify", "followup"):
        monkeypatch.setattr(import_module(f"functions.{function}.app").wiring, "dynamodb", direct)
    sample = Sample(task_root / "compiled", variables, direct, boto3.client("secretsmanager"))
    return Filled(stack, sample, clock, OpeningHours.of(read_compiled()))


def items(stack: Stack) -> list[dict[str, Any]]:
    pages = stack.dynamodb.get_paginator("scan").paginate(TableName=stack.table)
    return [{name: value_of(value) for name, value in item.items()} for page in pages for item in page["Items"]]


def test_two_hundred_are_stored_once_however_often_the_button_is_pressed_and_nobody_is_mailed(filled: Filled) -> None:
    assert filled.fill() == COUNT
    before = items(filled.stack)
    assert filled.stack.notify() == {"batchItemFailures": []}
    filled.stack.sweep()
    filled.stack.invoke("followup", {"source": "aws.events"})

    filled.clock.now += 100_000
    assert filled.fill() == 0

    assert sorted(map(repr, items(filled.stack))) == sorted(map(repr, before))
    assert filled.stack.mails() == []


def test_no_page_of_theirs_says_that_somebody_was_faster(filled: Filled) -> None:
    filled.fill()

    assert [lead for lead in filled.leads() if changes_since(lead, lead.version)] == []


def test_they_are_of_every_stage_and_language_and_are_found_as_a_visitors_would_be(filled: Filled) -> None:
    filled.fill()
    leads, now = filled.leads(), filled.clock()
    pointers = Pointers(filled.stack.table, filled.stack.dynamodb)

    ends = [deadline(lead, filled.hours) for lead in leads if not lead.outcome and not lead.is_kept_back]
    assert {end is not None and end > now for end in ends} == {True, False}
    assert {lead.outcome["outcome"] for lead in leads if lead.outcome} >= {"booked", "called", "left_message"}
    assert {Duty.AGAIN, Duty.ANSWER, Duty.REVIEW} == {duty for lead in leads for duty in duties(lead, filled.hours)}
    for name in ("bounced_at", "backup_at", "delivered_at", "reminder_at", "rescued_at", "earlier", "waits_since"):
        assert [lead for lead in leads if getattr(lead, name)], name
    assert [lead for lead in leads if lead.outcomes and not lead.outcome]
    assert {lead.enquiry.locale for lead in leads} == set(SITE_LOCALES)
    assert all(seconds(entry["at"]) <= now for lead in leads for entry in lead.ledger)
    assert {lead_at(each) for each in pointers.back(timestamp(now), min(each.stored_at for each in leads))} == {
        lead.id for lead in leads
    }
    for lead in leads[::9]:
        assert list(pointers.of_reference(lead.reference)) == [lead.id]
        assert lead.person
        assert all(lead.id in pointers.of_person(digest) for digest in lead.person)
    texts = [f"{lead.enquiry.name}\n{lead.enquiry.message}" for lead in leads]
    for harm in ("\u202e", "=HYPERLINK", "<script>", "😀" * 1000, "\r\n"):
        assert [text for text in texts if harm in text], harm
