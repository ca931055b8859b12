"""A machine of all that can happen to enquiries, in any order and amid faults; hypothesis drives it.

Functions are called on a world (`tests.world`), and whatever happens in one call of theirs, `tests.promises` must hold
after it. At last all is well again, and time passes: then all that was due is done.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from heapq import heapify
from itertools import count
from typing import Any, Final

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, rule, run_state_machine_as_test

from functions.leads.enquiry import HONEYPOT
from infra.site.sources.zone import utc_offsets
from shared.lead import SECONDS_PER_DAY, Lead, timestamp
from tests.courses import COURSES
from tests.faults import TROUBLES, AmidFaults, Submission, Trouble
from tests.integration.test_leads import ENQUIRY
from tests.promises import Promises
from tests.world import MORNING, World

HOUR: Final = 3600
# A Saturday evening in New York, a few hours before its clocks change; and a day before the practice is closed for two.
SPRING, CHRISTMAS = 1_804_986_000.0, 1_797_994_800.0
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


class Life(AmidFaults):
    """What happens."""

    submissions = Bundle("submissions")

    def __init__(self, *world: Any) -> None:
        super().__init__(*world)
        self.numbers = count()

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
        self.post("/inbox/days", fields, trouble)

    @rule(trouble=TROUBLES)
    def a_test_is_asked_for(self, trouble: Trouble) -> None:
        self.post("/inbox/days", {"test": "1"}, trouble)


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
            database=None,
        ),
    )
    return happened
