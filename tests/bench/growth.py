"""What each thing that happens to an enquiry costs in DynamoDB, by how many are stored: our own stores on moto."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import partial
from itertools import batched
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3

from functions.delivery.event import EventType, MailEvent
from functions.delivery.facts import Facts
from functions.followup.proof import Proof
from functions.followup.reminders import Reminders
from functions.notify.alert import Alerts
from functions.notify.filing import Filing
from infra.local.template import REGION
from shared.duties import Duty, duties
from shared.facts import with_outcome
from shared.lead import Lead, identity_of_key, reference_of
from shared.mail_items import MailStore
from shared.mailer import Mailer
from shared.outbox import Outbox
from shared.pointers import Pointers
from shared.store import LeadStore, key
from tests.bench.meter import Meter, Units, bytes_of, units_of_reading
from tests.hours import AlwaysOpen
from tests.leads import LEAD
from tests.template.deployed import deploy

SIZES = (100, 1_000)
OWED = 20
_NOW = 1_795_500_000
_PROMISED = "2026-11-23T19:30:00.000Z"

# What happens, in the order in which it is measured.
NOTIFY_LOOK, FOLLOWUP_LOOK = "`notify` looks what is due", "`followup` looks what is due"
SUBMIT, FILING, ALERT = "a submit", "its filing", "its alert"
SEND, DELIVERY = "SES's event Send", "SES's event Delivery, the proof"
SECOND_CHANNEL, REMINDER = "the second channel, without proof", "a reminder"
OUTCOME = "an outcome: the link's page, a button, the page again"


@dataclass(frozen=True)
class Costs:
    """What one of each costs with so many leads stored.

    Attributes:
        stored: How many.
        units: What each thing that happens takes.
        lead_bytes: All that a lead leaves in the table: itself, its pointers and its mails.
    """

    stored: int
    units: Mapping[str, Units]
    lead_bytes: int

    def scan_reads(self, stored: float) -> float:
        """What it takes to read a table of `stored` leads."""
        return units_of_reading(stored * self.lead_bytes)


def measure(stored: int) -> Costs:
    """Costs with `stored` leads in the table, twenty of which are owed an alert."""
    with deploy() as stack:
        table, client = stack["LeadTable"].name, boto3.client("dynamodb", region_name=REGION)
        meter = Meter(client)
        work = _Work(table, meter)
        for _, step in work.steps("first"):
            step()
        lead_bytes = sum(map(bytes_of, client.scan(TableName=table)["Items"]))
        done = meter.item(table, key(identity_of_key("first").id))
        for batch in batched(range(stored - OWED - 1), 25, strict=False):
            puts: list[Any] = [{"PutRequest": {"Item": {**done, **key(f"{number:032x}")}}} for number in batch]
            client.batch_write_item(RequestItems={table: puts})
        for number in range(OWED):
            work.submit(f"waiting {number}")
        units = {name: meter.cost(step) for name, step in (*work.looks(), *work.steps("new"))}
    return Costs(stored, units, lead_bytes)


class _Work:
    """What the functions do with leads, by their own code."""

    def __init__(self, table: str, client: Any) -> None:
        self.store = store = LeadStore(table, client, AlwaysOpen())
        self.mails = mails = MailStore(table, client, budget=50_000)
        ses: Any = SimpleNamespace(send_email=lambda **_: {"MessageId": "0" * 60})
        outbox = Outbox(mails, Mailer("website@example.com", ses), "set", lambda: _NOW)
        to_practice: Any = {"store": store, "outbox": outbox, "recipient": "desk@example.com", "hours": AlwaysOpen()}
        told: Any = {"clock": lambda: _NOW, "telemetry": Mock()}
        channel: Any = SimpleNamespace(send=lambda *_: "ops")
        self._filing = Filing(store, Pointers(table, client), mails, _digest, confirms=False, clock=told["clock"])
        self._alerts = Alerts(mails=mails, compose=_compose, compose_bundle=_compose, **to_practice, **told)
        self._reminders = Reminders(is_due=_is_due, compose=_compose, **to_practice, **told)
        self._proof = Proof(store, channel, _is_due, _compose, **told)
        self._facts = Facts(mails, store, told["telemetry"])

    def looks(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """What the schedules do every minute, even if nothing is due."""
        yield NOTIFY_LOOK, lambda: self._found(Duty.FILE, Duty.ALERT) + list(self.store.owed(_NOW)) + self._mails()
        yield FOLLOWUP_LOOK, lambda: self._found(Duty.PROOF, Duty.ANSWER, Duty.AGAIN) + self._mails()

    def steps(self, name: str) -> Iterator[tuple[str, Callable[[], object]]]:
        """The life of one lead, step by step."""
        lead_id = identity_of_key(name).id
        yield SUBMIT, partial(self.submit, name)
        yield FILING, lambda: self._filing.file(self._read(lead_id))
        yield ALERT, lambda: self._alerts.send_or_bundle(self._read(lead_id))
        yield SECOND_CHANNEL, lambda: self._proof.seek([self._read(lead_id)])
        yield SEND, partial(self._event, EventType.SEND, lead_id)
        yield DELIVERY, partial(self._event, EventType.DELIVERY, lead_id)
        yield REMINDER, lambda: self._reminders.remind([self._read(lead_id)])
        yield OUTCOME, partial(self._outcome, lead_id)

    def submit(self, name: str) -> None:
        """Store somebody's lead as `leads` does."""
        identity = identity_of_key(name)
        phone = f"+1602{int(identity.id, 16) % 10**7:07}"
        enquiry = replace(LEAD.enquiry, phone=phone, email=f"{name.replace(' ', '.')}@example.com")
        reference = reference_of(identity.id)
        new = replace(LEAD, id=identity.id, reference=reference, enquiry=enquiry, answer_by=_PROMISED, version=1)
        self.store.create(new, identity)

    def _mails(self) -> list[str]:
        return list(self.mails.due(_NOW, ()))

    def _found(self, *wanted: Duty) -> list[str]:
        found = list(self.store.due(wanted, _NOW))
        assert len(found) == OWED
        return found

    def _event(self, kind: EventType, lead_id: str) -> None:
        at: Any = LEAD.stored_at
        event = {"sent_at": at, "delivered_at": at, "time": at, "message_id": "0" * 60}
        self._facts.write(MailEvent(type=kind, mail=f"alert-{lead_id}-1", **event))

    def _outcome(self, lead_id: str) -> None:
        self._read(lead_id)
        assert self.store.change(lead_id, lambda lead: with_outcome(lead, "booked", _NOW, "link"))
        self._read(lead_id)

    def _read(self, lead_id: str) -> Lead:
        lead = self.store.read(lead_id)
        assert lead
        return lead


def _digest(kind: str, value: str) -> str:
    return f"{kind}{value}".ljust(32, "0")[:32]


def _compose(*_: object) -> EmailMessage:
    return EmailMessage()


def _is_due(lead: Lead, duty: Duty) -> bool:
    return duties(lead, AlwaysOpen()).get(duty, _NOW + 1) <= _NOW
