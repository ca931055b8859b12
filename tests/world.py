"""A small world around the functions: minutes that pass, mails that take their course, and faults at every call.

The table is in memory, with indexes that lag (`tests.memory`), under clients that race and die (`tests.unquiet`). SES
is played here, for it is what happens after its yes that matters. Only what could be due is run: quiet minutes are
passed over.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from heapq import heappop, heappush
from importlib import import_module
from itertools import count
from typing import Any, Final, cast

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from functions.followup import app as followup
from functions.followup import second_channel
from shared.erasure import Erasure
from shared.errors import StoreUnavailable
from shared.facts import with_outcome
from shared.keys import Keys
from shared.lead import identity_of_key
from shared.mailer import Mailer
from shared.outcomes import Outcome
from shared.store import LeadStore
from shared.telemetry import Telemetry
from tests.courses import Sent, Service, Ses
from tests.integration.conftest import Stack, renew
from tests.integration.test_leads import ENQUIRY, send
from tests.keys import Secret
from tests.memory import Memory
from tests.unquiet import Killed, Rivals, Unquiet

# A Wednesday, nine o'clock in Phoenix: the practice of the tests is open, and promises an answer for one o'clock.
MORNING: Final = 1_795_622_400.0
SENDERS: Final = ("notify", "followup")
FUNCTIONS: Final = ("leads", "delivery", "inbox", "canary", *SENDERS)


@dataclass
class World:
    """The functions, the table, SES and time.

    Args:
        stack: The stack.
        monkeypatch: Puts the world's clients and clock in the place of AWS's.
        late: How many seconds indexes are late.
        rivals: Whether others write the same leads all the time.
        second: The second channel: `push`, `mail`, or nothing.
        zone: The offsets of another time zone than that of the tests' practice.
        variables: What the functions that send mails are given otherwise than the template says.
        new_table: Makes the table.
    """

    stack: Stack
    monkeypatch: pytest.MonkeyPatch
    late: float = 0.0
    rivals: bool = False
    second: str = ""
    zone: tuple[tuple[int, int], ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    new_table: Callable[..., Memory] = Memory
    now: float = MORNING
    counted: Counter[str] = field(default_factory=Counter)
    measured: list[float] = field(default_factory=list)
    deaths: int = 0
    calls: int = 0

    def __post_init__(self) -> None:
        self.ses, self.keys = Ses(self.clock), Secret({"person": "p" * 64})
        described = [_described(self.stack.dynamodb, name) for name in (self.stack.table, self.stack.record)]
        self.table: Any = self.new_table(described, self.clock, self.late)
        self.stack = replace(self.stack, dynamodb=cast("Any", self.table))
        self.dynamodb = Unquiet(self.table)
        self.mail = Unquiet(self.ses)
        if self.rivals:
            self.dynamodb.between = Rivals(lambda: self.raw)  # type: ignore[assignment]
        self.monkeypatch.setattr("time.time", self.clock)
        self.monkeypatch.setattr(Telemetry, "count", lambda _, name: self.counted.update([name]))
        self.monkeypatch.setattr(Telemetry, "measure", lambda _, name, length: self.measured.append(length))
        backup = {"BACKUP_RECIPIENT": "owner@example.com"} if self.second == "mail" else {}
        for name, value in {**self.variables, **backup}.items():
            for function in SENDERS:
                self.monkeypatch.setitem(cast("Any", self.stack.variables[function]), name, value)
        renew(self.monkeypatch)
        for name in FUNCTIONS:
            self.start(name)

        self.service = Service()
        self.push = Unquiet(self.service)
        self.monkeypatch.setattr(followup, "secrets_manager_client", lambda: None)
        urls = ["json://localhost"] if self.second == "push" else []
        self.monkeypatch.setattr(followup, "read_urls", lambda _: urls)
        if self.second == "push":
            self.monkeypatch.setattr(second_channel, "_notify", lambda _, message: self.push.notify(message=message))

    def start(self, function: str) -> None:
        """Let a new process run a function, which knows nothing of what the one before had read."""
        app = import_module(f"functions.{function}.app")
        self.monkeypatch.setattr(app, "wiring", app.Wiring())
        with self.stack.environment_of(function):
            parts = self.parts(function)
            parts |= _built(app.Wiring, self.zone, os.environ["LAMBDA_TASK_ROOT"])
        parts |= {"dynamodb": self.dynamodb, "keys": Keys("keys", self.keys.client, self.clock)}
        if function in SENDERS:
            parts["mailer"] = Mailer("website@example.com", cast("Any", self.mail))

    def watch(self, watch: Callable[[str, str], object]) -> None:
        """Let this watch every call of every function; what it raises, the caller gets."""
        for client in (self.dynamodb, self.mail, self.push):
            client.watch = watch

    def kill(self, at: int) -> Callable[[], bool]:
        """Let the call of this number from now on be the process's last; gives whether that has happened."""
        self.dynamodb.kill(at)
        before = self.deaths
        self.watch(self.dynamodb.watch)
        return lambda: self.deaths > before

    def at_call(self, number: int, act: Callable[[], object]) -> Callable[[], bool]:
        """Let something happen once the call of this number from now on was made; gives whether that has happened."""
        calls = count()
        done: list[int] = []

        def watch(_method: str, phase: str) -> None:
            if phase == "after" and next(calls) == number:
                self.calm()
                done.append(number)
                act()

        self.watch(watch)
        return lambda: bool(done)

    def between(self, reads: int, act: Callable[[], object]) -> None:
        """Let something happen after so many further reads of an item, before the last of them has its answer."""
        self.dynamodb.between.extend([*[lambda: None] * reads, act])

    def calm(self) -> None:
        """No fault any more."""
        self.watch(lambda method, phase: None)

    def clock(self) -> float:
        """Seconds since the epoch."""
        return self.now

    def wiring(self, function: str) -> Any:
        """What a function is made of, outside of its calls."""
        wiring = import_module(f"functions.{function}.app").wiring
        with self.stack.environment_of(function):
            _ = wiring.settings
        return wiring

    def parts(self, function: str) -> dict[str, Any]:
        """What a function is made of."""
        parts: dict[str, Any] = vars(import_module(f"functions.{function}.app").wiring)
        return parts

    @property
    def store(self) -> LeadStore:
        """The leads, without the unrest."""
        return LeadStore(self.stack.table, self.table, followup.wiring.hours)

    @property
    def erasure(self) -> Erasure:
        """What erases, without the unrest."""
        return self.stack.erasure(self.table, self.now)

    @property
    def raw(self) -> Any:
        """Every item as it is stored, by its key."""
        return self.table.tables[self.stack.table].items

    # ---- what happens

    def enquire(self, number: int = 0, *, by_stream: bool = True, **changes: str) -> str:
        """A visitor sends the form until it is taken, and the stream brings it to notify; the lead's id."""
        person = {"phone": f"+1602555{number:04}", "email": f"visitor{number}@example.com"}
        key = f"enquiry-of-visitor-{number:06}"
        for _ in range(5):
            answer = self.alive(lambda: send(self.stack, ENQUIRY | person | changes, idempotency_key=key))
            if answer and answer["statusCode"] in (200, 201):
                break
        else:
            raise AssertionError(answer)
        lead_id = identity_of_key(key).id
        if by_stream:
            self.stream(lead_id)
        return lead_id

    def close(self, lead_id: str, outcome: Outcome = Outcome.CALLED) -> None:
        """Somebody at the practice says what became of an enquiry."""
        assert self.store.change(lead_id, lambda lead: with_outcome(lead, outcome, self.now, "link"))

    def stream(self, lead_id: str) -> None:
        """The stream brings notify a lead, again where it was killed."""
        keys = {"pk": {"S": f"LEAD#{lead_id}"}, "sk": {"S": "LEAD"}}
        for _ in range(5):
            event = {"Records": [{"dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]}
            if self.invoke("notify", event) == {"batchItemFailures": []}:
                return

    def run(self, minutes: float) -> None:
        """Let time pass."""
        end = self.now + 60 * minutes
        while self.now < end:
            self.deliver(max(self.now + 60, min(end, self._next()) // 60 * 60))
            self.minute()

    def minute(self) -> None:
        """What happens every minute."""
        self.invoke("notify", {"source": "aws.events"})
        self.invoke("followup", {"source": "aws.events"})

    def invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any] | None:
        """What a function answers; None where it was killed or failed."""
        return self.alive(lambda: self.stack.invoke(function, event))

    def alive(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        """What a call gives; None where it was killed or failed."""
        self.calls += 1
        try:
            return call()
        except (Killed, StoreUnavailable, ClientError, BotoCoreError):
            self.deaths += 1
            return None

    def deliver(self, until: float) -> None:
        """Bring delivery what SES published; what it could not write comes again, as its queue brings it."""
        while self.ses.events and self.ses.events[0][0] <= until:
            at, number, body = heappop(self.ses.events)
            self.now = max(self.now, at)
            if self.alive(partial(self.bring, body)) != {"batchItemFailures": []}:
                heappush(self.ses.events, (at + 180, number, body))
        self.now = until

    def bring(self, body: str) -> dict[str, Any]:
        """Bring delivery one event."""
        record = {"eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}, "messageId": "1", "body": body}
        return self.stack.invoke("delivery", {"Records": [record]})

    def _next(self) -> float:
        """When something is due next."""
        waits = [float(item["next_at"]) for item in self.items() if "queue" in item]
        return min([*waits, *(at for at, _, _ in self.ses.events)], default=float("inf"))

    def keep(self) -> Callable[[], None]:
        """Remember how everything is; what comes back takes everything back to it."""
        take_tables_back, now, counted = self.table.keep(), self.now, self.counted.copy()
        sent, events, received = self.ses.sent.copy(), self.ses.events.copy(), self.service.received.copy()

        def take_back() -> None:
            take_tables_back()
            self.now, self.counted = now, counted.copy()
            self.ses.sent, self.ses.events, self.service.received = sent.copy(), events.copy(), received.copy()
            self.calm()

        return take_back

    # ---- what can be seen

    def items(self, kind: str = "") -> list[dict[str, Any]]:
        """Every item, or those of one kind, such as `MAIL`; values without their types."""
        held = [item for item in self.raw.values() if item["sk"]["S"] == kind or not kind]
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in held]

    def lead(self, lead_id: str) -> dict[str, Any]:
        """One lead, or its tombstone."""
        (found,) = (item for item in self.items("LEAD") if item["pk"] == f"LEAD#{lead_id}")
        return found

    def told(self, lead_id: str) -> list[str]:
        """What the ledger of a lead says, in order."""
        return [entry["M"]["what"]["S"] for entry in self.lead(lead_id).get("ledger", ())]

    def sent(self, kind: str) -> list[Sent]:
        """The mails of one kind, or of several (`alert bundle`), in order."""
        return [mail for mail in self.ses.sent if mail.kind in kind.split()]

    def alerts_of(self, lead_id: str) -> list[Sent]:
        """The alerts of a lead that SES took, alone or with others."""
        reference = self.lead(lead_id)["reference"]
        return [mail for mail in self.sent("alert bundle") if reference in mail.text]


@cache
def _built(wiring: Callable[[], Any], zone: tuple[tuple[int, int], ...], _task_root: str) -> dict[str, Any]:
    """What a function reads of the build, and never changes: reading it takes longer than many a world."""
    made = wiring()
    practice = replace(made.practice, utc_offsets=zone) if zone else made.practice
    vars(made)["practice"] = practice
    names = [each for each in ("form", "languages", "pages", "letterhead") if hasattr(wiring, each)]
    return {"practice": practice} | {name: getattr(made, name) for name in names}


@cache
def _described(dynamodb: Any, table: str) -> Any:
    return dynamodb.describe_table(TableName=table)["Table"]
