"""Calls of the functions amid faults: what a caller does, and what goes wrong while it is done."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from functions.inbox.person import seal
from shared.lead import SECONDS_PER_DAY, Lead, identity_of_key, timestamp
from shared.telemetry import Telemetry
from tests.courses import GOOD
from tests.inbox import FORM, FROM_OURS, Browser, signed_in
from tests.integration.test_leads import send
from tests.promises import Promises
from tests.telemetry import Log
from tests.unquiet import Killed
from tests.world import World

# What goes wrong in a call of a function, or happens in the middle of it; most of the time nothing.
WRONG: Final = ("killed", "failed", "twice")
MEANWHILE: Final = ("notify", "followup", "events", "tap", "erasure", "visitor")
Trouble = tuple[str, int]
TROUBLES = st.tuples(st.sampled_from(["", "", "", "", *WRONG, *MEANWHILE]), st.integers(0, 15))
# Before a read and after it, the world is as it was: only a read that fails makes a difference.
READS: Final = ("get_item", "batch_get_item", "query", "scan")


@dataclass(frozen=True)
class Submission:
    """What a visitor sends: with a key of its own, or without one."""

    key: str
    fields: dict[str, Any]


class AmidFaults(RuleBasedStateMachine):
    """What people do with the functions.

    Args:
        new_world: Makes a world, with what puts it in AWS's place and how it is.
        happened: Counts what happened.

    Attributes:
        world: The world.
        promises: What must hold in it.
        latest: What a visitor has sent last.
    """

    world: World
    promises: Promises

    def __init__(self, new_world: Callable[..., World], happened: Counter[str]) -> None:
        super().__init__()
        self.new_world, self.happened = new_world, happened
        self.patch, self.log = pytest.MonkeyPatch(), Log()
        self.patch.setattr(Telemetry, "log", self.log)
        self.browser: Browser | None = None
        self.signed_in_until = 0.0
        self.latest = Submission("", {})

    def send(self, submission: Submission, trouble: Trouble = ("", 0)) -> None:
        headers = {"idempotency_key": submission.key} if submission.key else {}
        answer = self.amid(trouble, lambda: send(self.world.stack, submission.fields, **headers))
        self.latest = submission
        if answer is None or (answer["statusCode"] == 503 and trouble[0] in WRONG):
            return
        body = json.loads(answer["body"])
        if answer["statusCode"] in (200, 201):
            self.promises.stored(body, submission.fields)
        else:
            assert answer["statusCode"] == 422, body
            self.promises.refused(self.id_of(submission), body["code"], submission.fields["message"])

    def press(self, lead: Lead, fields: dict[str, str], trouble: Trouble = ("", 0), *, by_link: bool = False) -> None:
        at = timestamp(self.world.now + 1)
        if by_link:
            link = self.world.wiring("inbox").links.to_enquiry(lead.id, "alert-1")
            path = f"/inbox/enquiry/{(link or '').rpartition('/')[2]}"
        else:
            path, fields = f"/inbox/leads/{lead.id}", {**fields, "version": str(lead.version)}
        answer = self.post(path, fields, trouble)
        if answer and answer["statusCode"] == 303 and "before=" not in answer["headers"]["location"]:
            self.promises.acts.add((lead.reference, at))

    def erase(self, submission: Submission, trouble: Trouble = ("", 0)) -> None:
        lead = self.world.store.read(self.id_of(submission))
        person = self.world.wiring("inbox").people.of(lead) if lead else None
        self.promises.to_erase |= {each.reference for each in person.leads} if person else set()
        fields = {"erase": seal(person) if person else ""}
        self.post(f"/inbox/leads/{self.id_of(submission)}/person", fields, trouble)

    def post(self, path: str, fields: dict[str, str], trouble: Trouble) -> dict[str, Any] | None:
        if self.browser is None or self.world.now > self.signed_in_until:
            self.browser = signed_in(self.world.stack)
            self.signed_in_until = self.world.now + 25 * SECONDS_PER_DAY
        browser = self.browser
        body = urlencode({"token": browser.token, **fields}).encode()
        return self.amid(trouble, lambda: browser.result("POST", path, body, {**FORM, **FROM_OURS}))

    def id_of(self, submission: Submission) -> str:
        """The id of its lead, as far as there is one."""
        if submission.key:
            return identity_of_key(submission.key).id
        message = {"S": submission.fields.get("message", "")}
        return next((item["id"]["S"] for item in self.world.raw.values() if item.get("message") == message), "0" * 32)

    # ---- faults

    def amid(self, trouble: Trouble, act: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        """Call a function while something goes wrong; what it answers, or None where it was killed or failed."""
        kind, at = trouble
        moments = count()

        def watch(method: str, phase: str) -> object:
            if not kind or (method in READS and kind != "failed") or next(moments) != at:
                return None
            self.world.calm()
            self.happened[kind] += 1
            if kind in MEANWHILE:
                self.promises.overtake()
                self.meanwhile(kind)
                return None
            self.promises.doubt()
            if kind == "twice":
                return kind
            if kind == "killed":
                raise Killed
            if phase == "before":
                raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, method)
            raise ReadTimeoutError(endpoint_url="https://aws")

        self.world.now += 1
        self.happened["steps"] += 1
        with self.promises.checked():
            self.world.watch(watch)
            answer = self.world.alive(act)
            self.world.calm()
        return answer

    def meanwhile(self, what: str) -> None:
        """Somebody else is faster. Raises nothing of what they meet."""
        lead = self.world.store.read(self.id_of(self.latest))
        acts: dict[str, Callable[[], object]] = {
            "notify": lambda: self.world.invoke("notify", {}),
            "followup": lambda: self.world.invoke("followup", {}),
            "events": lambda: self.world.deliver(self.world.now + 5),
            "tap": lambda: self.press(lead, {"outcome": "booked"}, by_link=True) if lead else None,
            "erasure": lambda: self.erase(self.latest) if lead else None,
            "visitor": lambda: self.send(self.latest) if self.latest.key else None,
        }
        try:
            acts[what]()
        except AssertionError as error:  # which the function would take for a fault of its own
            self.promises.failure = self.promises.failure or error
            raise

    def teardown(self) -> None:
        try:
            if hasattr(self, "world") and not sys.exc_info()[0]:
                self.come_to_rest()
        finally:
            self.patch.undo()

    def come_to_rest(self) -> None:
        """All is well again, what was interrupted is done once more, and days pass."""
        self.world.ses.course = lambda mail_id, now: GOOD
        for lead_id in self.promises.unfinished():
            self.world.erasure.erase(lead_id)
        with self.promises.checked():
            self.world.run(10)
            self.promises.check_settled()
            self.world.run(5 * 24 * 60)
        self.promises.check_at_rest()
        self.promises.check_log(self.log.lines)
        self.happened["runs"] += 1
        self.happened["calls"] += self.world.calls
        self.happened["mails"] += len(self.world.ses.sent)
