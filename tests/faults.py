"""A machine of all that can happen to enquiries, in any order and amid faults; hypothesis drives it.

Functions are called on a world (`tests.world`), and whatever happens in one call of theirs, `tests.promises` must hold
after it. At last all is well again, and time passes: then all that was due is done.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from heapq import heapify
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from functions.inbox.person import seal
from functions.leads.enquiry import HONEYPOT
from infra.site.sources.zone import utc_offsets
from shared.lead import SECONDS_PER_DAY, Lead, identity_of_key, timestamp
from tests.courses import GOOD, Course
from tests.inbox import FORM, FROM_OURS, Browser, signed_in
from tests.integration.test_leads import ENQUIRY, send
from tests.promises import Promises
from tests.unquiet import Killed
from tests.world import MORNING, World

HOUR: Final = 3600
# A Saturday evening in New York, a few hours before its clocks change; and a day before the practice is closed for two.
SPRING, CHRISTMAS = 1_804_986_000.0, 1_797_994_800.0
SENT: Final = (1.0, "send")
COURSES: Final = {
    "is delivered": GOOD,
    "is delivered after its answer is lost": Course(is_silent=True),
    "is lost without a word": Course(events=(), is_silent=True),
    "is taken and never heard of": Course(events=()),
    "is throttled": Course(refusal="TooManyRequestsException"),
    "is refused": Course(refusal="MessageRejected"),
    "bounces for good": Course(events=(SENT, (5, "permanent"))),
    "comes back": Course(events=(SENT, (20, "expired"))),
    "is answered by a machine": Course(events=(SENT, (3, "out of office"), (4, "delivery"))),
    "is delivered and bounces": Course(events=(SENT, (3, "delivery"), (60, "permanent"))),
    "is marked as junk": Course(events=(SENT, (3, "delivery"), (90, "complaint"))),
    "is rejected": Course(events=(SENT, (5, "reject"))),
    "waits": Course(events=(SENT, (300, "delay"), (2 * HOUR, "delivery"))),
    "is told of an hour late": Course(late=HOUR),
    "is told of an hour late, after its answer is lost": Course(late=HOUR, is_silent=True),
}
# What goes wrong in a call of a function, or happens in the middle of it; most of the time nothing.
WRONG: Final = ("killed", "failed", "twice")
MEANWHILE: Final = ("notify", "followup", "events", "tap", "erasure", "visitor")
Trouble = tuple[str, int]
TROUBLES = st.tuples(st.sampled_from(["", "", "", "", *WRONG, *MEANWHILE]), st.integers(0, 23))
PAUSES: Final = (30, 150, 15 * 60, HOUR, 5 * HOUR, SECONDS_PER_DAY, 3 * SECONDS_PER_DAY)
# What a member or the link of a mail says: the fields of a form, of which some need to know the lead.
ACTS: Final[dict[str, Callable[[Lead, float], dict[str, str]]]] = {
    "called": lambda _lead, _now: {"outcome": "called"},
    "left_message": lambda _lead, _now: {"outcome": "left_message"},
    "advertising": lambda _lead, _now: {"outcome": "advertising"},
    "undo": lambda lead, _: {"undo": lead.outcome["at"] if lead.outcome else "never"},
    "rescue": lambda _lead, _now: {"rescue": "1"},
    "alert": lambda _lead, _now: {"alert": "again"},
    "again": lambda _, now: {"again": timestamp(now + 26 * HOUR)},
    "never": lambda _lead, _now: {"never": "1"},
    "note": lambda _, now: {"write": "note", "note": f"at {now}"},
    "delete": lambda lead, _: {"delete": lead.notes[-1]["at"] if lead.notes else "never"},
}


@dataclass(frozen=True)
class Submission:
    """What a visitor sends: with a key of its own, or without one."""

    key: str
    fields: dict[str, Any]


class Life(RuleBasedStateMachine):
    """What happens.

    Args:
        new_world: Makes a world, with what puts it in AWS's place and how it is.
        happened: Counts what happened.
    """

    submissions = Bundle("submissions")

    def __init__(self, new_world: Callable[..., World], happened: Counter[str]) -> None:
        super().__init__()
        self.new_world, self.happened = new_world, happened
        self.patch = pytest.MonkeyPatch()
        self.numbers = count()
        self.browser: Browser | None = None
        self.signed_in_until = 0.0

    @initialize(
        late=st.sampled_from([0, 0, 2, 90]),
        second=st.sampled_from(["", "push", "mail"]),
        start=st.sampled_from([(MORNING, "America/Phoenix"), (SPRING, "America/New_York"), (CHRISTMAS, "Asia/Taipei")]),
        budget=st.sampled_from([200, 200, 10]),
        confirms=st.booleans(),
    )
    def begin(self, late: float, second: str, start: tuple[float, str], budget: int, confirms: bool) -> None:
        now, zone = start
        variables = {"DAILY_MAIL_BUDGET": str(budget), "CONFIRM_TO_VISITOR": "yes" if confirms else "no"}
        kind = {"late": late, "second": second, "now": now, "zone": _offsets(zone), "variables": variables}
        self.world = self.new_world(self.patch, **kind)
        self.promises = Promises(self.world)
        self.latest = Submission("", {})

    # ---- visitors

    @rule(
        target=submissions,
        person=st.integers(0, 1),
        has_key=st.sampled_from([True, True, True, False]),
        is_trap=st.sampled_from([False] * 5 + [True]),
        trouble=TROUBLES,
    )
    def a_visitor_writes(self, person: int, has_key: bool, is_trap: bool, trouble: Trouble) -> Submission:
        number = next(self.numbers)
        fields = {"phone": f"+1602555{person:04}", "email": f"visitor{person}@example.com"}
        fields |= {"message": f"This is message {number}."} | ({HONEYPOT: "x"} if is_trap else {})
        key = f"key-of-a-submission-{number}" if has_key else ""
        submission = Submission(key, {**ENQUIRY, **fields})
        self.send(submission, trouble)
        return submission

    @rule(submission=submissions, trouble=TROUBLES)
    def it_is_sent_again(self, submission: Submission, trouble: Trouble) -> None:
        self.send(submission, trouble)

    @rule(submission=submissions, trouble=TROUBLES)
    def other_words_are_sent_with_its_key(self, submission: Submission, trouble: Trouble) -> None:
        if submission.key:
            words = {"message": f"{submission.fields['message']} And more."}
            self.send(replace(submission, fields={**submission.fields, **words}), trouble)

    @rule(target=submissions, submission=submissions, trouble=TROUBLES)
    def it_is_corrected(self, submission: Submission, trouble: Trouble) -> Submission:
        number = next(self.numbers)
        corrected = {"message": f"This is message {number}."} | ({"replaces": submission.key} if submission.key else {})
        correction = Submission(f"key-of-a-correction-{number}", {**submission.fields, **corrected})
        self.send(correction, trouble)
        return correction

    def send(self, submission: Submission, trouble: Trouble = ("", 0)) -> None:
        headers = {"idempotency_key": submission.key} if submission.key else {}
        answer = self.amid(trouble, lambda: send(self.world.stack, submission.fields, **headers))
        self.latest = submission
        if answer is None or (answer["statusCode"] == 503 and trouble[0] in WRONG):
            return
        body = json.loads(answer["body"])
        if answer["statusCode"] in (200, 201):
            self.promises.stored(body, submission.fields["message"])
        else:
            assert answer["statusCode"] == 422, body
            self.promises.refused(self.id_of(submission), body["code"], submission.fields["message"])

    # ---- what starts the functions

    @rule(these=st.lists(submissions, min_size=1, max_size=3), trouble=TROUBLES)
    def the_stream_brings(self, these: list[Submission], trouble: Trouble) -> None:
        keys = [{"pk": {"S": f"LEAD#{self.id_of(each)}"}, "sk": {"S": "LEAD"}} for each in these]
        records = [{"dynamodb": {"Keys": key, "SequenceNumber": str(n)}} for n, key in enumerate(keys)]
        self.amid(trouble, lambda: self.world.stack.invoke("notify", {"Records": records}))

    @rule(function=st.sampled_from(["notify", "followup"]), trouble=TROUBLES)
    def a_minute_is_over(self, function: str, trouble: Trouble) -> None:
        self.world.now += 60
        self.amid(trouble, lambda: self.world.stack.invoke(function, {}))

    @rule(event=st.sampled_from(["repair", "digest"]), trouble=TROUBLES)
    def a_day_or_a_week_is_over(self, event: str, trouble: Trouble) -> None:
        self.amid(trouble, lambda: self.world.stack.invoke("followup", {event: True}))

    @rule(pause=st.sampled_from(PAUSES))
    def nothing_runs_for(self, pause: float) -> None:
        self.world.now += pause

    @rule(pause=st.sampled_from(PAUSES[:-1]))
    def time_passes(self, pause: float) -> None:
        self.world.run(pause / 60)

    @rule(function=st.sampled_from(["leads", "notify", "followup", "delivery", "inbox"]))
    def a_new_process_runs(self, function: str) -> None:
        self.world.start(function)

    # ---- SES

    @rule(course=st.sampled_from(sorted(COURSES)))
    def from_now_on_mail(self, course: str) -> None:
        self.world.ses.course = lambda mail_id, now: COURSES[course]

    @rule(which=st.integers(0, 5), how=st.sampled_from(["once", "twice", "never"]), trouble=TROUBLES)
    def an_event_comes(self, which: int, how: str, trouble: Trouble) -> None:
        events = self.world.ses.events
        if not events:
            return
        at, number, body = events[which % len(events)]
        if how != "twice":
            events.remove((at, number, body))
            heapify(events)
        self.world.now = max(self.world.now, at)
        if how != "never" and self.amid(trouble, lambda: self.world.bring(body)) != {"batchItemFailures": []}:
            self.world.ses.put_back(at + 180, body)

    # ---- the practice

    @rule(submission=submissions, act=st.sampled_from(sorted(ACTS)), by_link=st.booleans(), trouble=TROUBLES)
    def somebody_says(self, submission: Submission, act: str, by_link: bool, trouble: Trouble) -> None:
        if lead := self.world.store.read(self.id_of(submission)):
            fields = ACTS[act](lead, self.world.now)
            self.press(lead, fields, trouble, by_link=by_link)

    @rule(submission=submissions, other=submissions, is_apart=st.booleans(), trouble=TROUBLES)
    def two_are_of_other_people(
        self, submission: Submission, other: Submission, is_apart: bool, trouble: Trouble
    ) -> None:
        lead, of = self.world.store.read(self.id_of(submission)), self.world.store.read(self.id_of(other))
        if lead and of and lead != of:
            self.press(lead, {"apart" if is_apart else "together": of.id}, trouble)

    @rule(submission=submissions, trouble=TROUBLES)
    def somebody_is_erased(self, submission: Submission, trouble: Trouble) -> None:
        self.erase(submission, trouble)

    @rule(days=st.integers(0, 2), does_close=st.booleans(), trouble=TROUBLES)
    def a_day_is_closed_or_opened(self, days: int, does_close: bool, trouble: Trouble) -> None:
        day = timestamp(self.world.now + days * SECONDS_PER_DAY)[:10]
        fields = {"close": "day", "day": day} if does_close else {"reopen": day}
        self.amid(trouble, lambda: self.post("/inbox/days", fields))

    @rule(trouble=TROUBLES)
    def a_test_is_asked_for(self, trouble: Trouble) -> None:
        self.amid(trouble, lambda: self.post("/inbox/days", {"test": "1"}))

    def press(self, lead: Lead, fields: dict[str, str], trouble: Trouble = ("", 0), *, by_link: bool = False) -> None:
        at = timestamp(self.world.now + 1)
        if by_link:
            link = self.world.wiring("inbox").links.to_enquiry(lead.id, "alert-1")
            path = f"/inbox/enquiry/{(link or '').rpartition('/')[2]}"
        else:
            path, fields = f"/inbox/leads/{lead.id}", {**fields, "version": str(lead.version)}
        answer = self.amid(trouble, lambda: self.post(path, fields))
        if answer and answer["statusCode"] == 303 and "before=" not in answer["headers"]["location"]:
            self.promises.acts.add((lead.reference, at))

    def erase(self, submission: Submission, trouble: Trouble = ("", 0)) -> None:
        lead = self.world.store.read(self.id_of(submission))
        person = self.world.wiring("inbox").people.of(lead) if lead else None
        self.promises.to_erase |= {each.reference for each in person.leads} if person else set()
        fields = {"erase": seal(person) if person else ""}
        self.amid(trouble, lambda: self.post(f"/inbox/leads/{self.id_of(submission)}/person", fields))

    def post(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        if self.browser is None or self.world.now > self.signed_in_until:
            self.browser = signed_in(self.world.stack)
            self.signed_in_until = self.world.now + 25 * SECONDS_PER_DAY
        body = urlencode({"token": self.browser.token, **fields}).encode()
        return self.browser.result("POST", path, body, {**FORM, **FROM_OURS})

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
            if next(moments) != at or not kind:
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
        self.from_now_on_mail("is delivered")
        for lead_id in self.promises.unfinished():
            self.world.erasure.erase(lead_id)
        with self.promises.checked():
            self.world.run(5 * 24 * 60)
        self.promises.check_at_rest()
        self.happened["runs"] += 1
        self.happened["calls"] += self.world.calls
        self.happened["mails"] += len(self.world.ses.sent)


_offsets = cache(utc_offsets)


def live(new_world: Callable[..., World], runs: int, number: int) -> Counter[str]:
    """Let so many lives run, from the seed of this number; what happened in them."""
    happened = Counter[str]()
    machine: Any = seed(number)(lambda: Life(new_world, happened))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    return happened
