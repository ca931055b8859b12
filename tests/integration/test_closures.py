"""Closures at run time: no promise falls on them, reminders wait for them, and no enquiry fails because of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.followup import app as followup
from functions.leads import app as leads
from shared.closures import ALL_DAY, Closures
from shared.lead import seconds
from tests.clock import Clock
from tests.inbox import signed_in
from tests.integration.conftest import Stack
from tests.integration.test_followup import MORNING, alerted, delivered, subjects, tick
from tests.integration.test_leads import ENQUIRY, document, send

# MORNING is a Wednesday, nine o'clock in Phoenix. The day after it is a day like others to the practice of these tests.
TODAY, TOMORROW = "2026-11-25", "2026-11-26"
AT_ONE = "2026-11-25T20:00:00.000Z"
AT_NOON_TOMORROW = "2026-11-26T19:00:00.000Z"
SOMEBODY = "frontdesk@example.com"


@pytest.fixture(autouse=True)
def _environment(stack: Stack, clock: Clock) -> Iterator[None]:
    clock.now = MORNING
    with stack.environment_of("followup"):
        yield


@pytest.fixture
def practice(stack: Stack) -> Closures:
    """The practice, at its button."""
    return Closures(stack.table, stack.dynamodb, followup.wiring.hours)


def promised(stack: Stack, **changes: str) -> str:
    answer: str = document(send(stack, ENQUIRY | changes))["answer_by"]
    return answer


def warmed_up(stack: Stack) -> dict[str, Any]:
    return stack.request("OPTIONS", b"", {})


# ---- The promise


def test_no_promise_falls_on_a_closed_day(stack: Stack, practice: Closures, clock: Clock) -> None:
    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)

    assert promised(stack) == AT_NOON_TOMORROW


def test_nor_on_the_rest_of_a_day(stack: Stack, practice: Closures, clock: Clock) -> None:
    practice.close(TODAY, "09:00", SOMEBODY, clock.now)
    clock.now += 600

    assert promised(stack) == AT_NOON_TOMORROW


def test_an_undone_closure_is_none(stack: Stack, practice: Closures, clock: Clock) -> None:
    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)
    assert promised(stack) == AT_NOON_TOMORROW
    practice.reopen(TODAY, clock.now)
    clock.now += 60

    assert promised(stack, name="Li") == "2026-11-25T20:30:00.000Z"


def test_a_function_that_runs_for_long_looks_again_after_a_minute(
    stack: Stack, practice: Closures, clock: Clock
) -> None:
    assert promised(stack) == AT_ONE
    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)

    clock.now += 60

    assert promised(stack, name="Li") == AT_NOON_TOMORROW
    assert len(stack.leads()) == 2


def test_soon_after_looking_a_lead_is_one_plain_write(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    warmed_up(stack)
    made: list[str] = []
    leads.wiring.dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: made.append(model.name))

    promised(stack)

    assert made == ["PutItem"]


def test_after_a_minute_a_lead_is_one_write_that_looks_at_the_closures(
    stack: Stack, practice: Closures, clock: Clock
) -> None:
    practice.close(TOMORROW, ALL_DAY, SOMEBODY, clock.now)
    warmed_up(stack)
    clock.now += 60
    made: list[str] = []
    leads.wiring.dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: made.append(model.name))

    promised(stack)
    promised(stack, name="Li")

    assert made == ["TransactWriteItems", "PutItem"]


def test_a_repeated_enquiry_gets_its_first_promise(stack: Stack, practice: Closures, clock: Clock) -> None:
    first = document(send(stack, idempotency_key="k-1"))
    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)
    clock.now += 60

    again = send(stack, idempotency_key="k-1")

    assert (again["statusCode"], document(again)) == (200, first)
    assert len(stack.leads()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"days": {"S": "Thursday"}},
        {"days": {"M": {"Thursday": {"M": {}}}}},
        {"days": {"M": {TODAY: {"S": ALL_DAY}}}},
        {"days": {"M": {TODAY: {"M": {"until": {"S": "noon"}, "by": {"S": ""}, "at": {"S": ""}}}}}},
        {"version": {"S": "two"}},
    ],
    ids=str,
)
def test_closures_that_cannot_be_read_fail_no_enquiry(stack: Stack, clock: Clock, damage: dict[str, Any]) -> None:
    item = {"pk": {"S": "PRACTICE"}, "sk": {"S": "CLOSURES"}, "days": {"M": {}}, "version": {"N": "1"}, **damage}
    stack.dynamodb.put_item(TableName=stack.table, Item=item)

    assert warmed_up(stack)["statusCode"] == 204
    assert promised(stack) == AT_ONE
    alerted(stack, name="Li")
    tick(stack)
    assert len(stack.mails()) == 2


def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """DynamoDB takes no transaction."""

    def refuse(**_: Any) -> Any:
        raise error

    monkeypatch.setattr(leads.wiring.dynamodb, "transact_write_items", refuse)


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError"])
def test_a_refused_look_at_the_closures_fails_no_enquiry(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": [{"Code": code}]}
    refusing(monkeypatch, ClientError(error, "TransactWriteItems"))

    assert warmed_up(stack)["statusCode"] == 204
    assert promised(stack) == AT_ONE


def test_a_table_that_is_not_reached_is_asked_once_and_told(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, ReadTimeoutError(endpoint_url="dynamodb"))

    assert send(stack)["statusCode"] == 503
    assert warmed_up(stack)["statusCode"] == 204


# ---- What pages are told


def test_the_warm_up_tells_from_when_on_which_days_are_closed(stack: Stack, practice: Closures, clock: Clock) -> None:
    assert "closed-from" not in warmed_up(stack)["headers"]
    practice.close("2026-11-24", ALL_DAY, SOMEBODY, clock.now)  # over
    practice.close("2027-02-01", ALL_DAY, SOMEBODY, clock.now)  # later than anything that is promised
    practice.close(TOMORROW, ALL_DAY, SOMEBODY, clock.now)
    practice.close(TODAY, "14:30", SOMEBODY, clock.now)
    clock.now += 60

    assert warmed_up(stack)["headers"]["closed-from"] == "2026-11-25T14:30, 2026-11-26T00:00"


# ---- Reminders


def test_reminders_wait_until_the_practice_is_open_again(stack: Stack, practice: Closures, clock: Clock) -> None:
    lead_id = alerted(stack)
    delivered(lead_id, clock)
    practice.close(TODAY, "10:00", SOMEBODY, clock.now)

    for hour in range(1, 23):
        clock.now = MORNING + hour * 3600
        tick(stack)
    assert len(stack.mails()) == 1

    clock.now = datetime(2026, 11, 26, 15, tzinfo=UTC).timestamp()  # eight o'clock
    tick(stack)
    assert len(subjects(stack)) == 2


def test_what_was_written_before_a_closure_and_its_undoing_follows(
    stack: Stack, practice: Closures, clock: Clock
) -> None:
    # given somebody who waits, and what is written for the index that finds them
    lead_id = alerted(stack)
    delivered(lead_id, clock)

    def next_at() -> float:
        (lead,) = stack.leads()
        return float(lead["next_at"])

    assert next_at() == seconds(AT_ONE)

    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)
    clock.now += 60
    tick(stack)
    assert next_at() == datetime(2026, 11, 26, 15, tzinfo=UTC).timestamp()
    (lead,) = stack.leads()
    clock.now += 60
    tick(stack)
    assert stack.leads() == [lead]  # nothing is written twice

    practice.reopen(TODAY, clock.now)
    clock.now += 60
    tick(stack)
    assert next_at() == seconds(AT_ONE)


@pytest.mark.parametrize(("after", "takes"), [(60, 0), (150, 60)], ids=["soon", "while all are looked at"])
def test_what_is_written_by_a_function_that_has_not_heard_yet_follows_too(
    stack: Stack, practice: Closures, clock: Clock, monkeypatch: pytest.MonkeyPatch, after: int, takes: int
) -> None:
    derive_anew = followup.wiring.store.derive_anew

    def derive_at_length(lead_id: str) -> None:
        derive_anew(lead_id)
        clock.now += takes

    monkeypatch.setattr(followup.wiring.store, "derive_anew", derive_at_length)
    lead_id = alerted(stack)
    delivered(lead_id, clock)
    key = {"pk": {"S": f"LEAD#{lead_id}"}, "sk": {"S": "LEAD"}}
    before = stack.dynamodb.get_item(TableName=stack.table, Key=key)["Item"]
    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)
    clock.now += after
    tick(stack)

    stack.dynamodb.put_item(TableName=stack.table, Item=before)
    clock.now += 60
    tick(stack)

    (lead,) = stack.leads()
    assert float(lead["next_at"]) == datetime(2026, 11, 26, 15, tzinfo=UTC).timestamp()


def test_a_try_again_that_a_member_asks_for_falls_on_no_closed_day(
    stack: Stack, practice: Closures, clock: Clock
) -> None:
    lead_id = alerted(stack)
    practice.close(TOMORROW, ALL_DAY, SOMEBODY, clock.now)
    (lead,) = stack.leads()

    signed_in(stack).post(f"/inbox/leads/{lead_id}", outcome="left_message", version=lead["version"])

    (lead,) = stack.leads()
    (outcome,) = lead["outcomes"]
    assert outcome["M"]["again_at"]["S"].startswith("2026-11-27")


# ---- Two at the button


def test_two_who_close_at_once_both_do(stack: Stack, practice: Closures, clock: Clock) -> None:
    other = Closures(stack.table, stack.dynamodb, leads.wiring.hours)
    other.read(clock.now)
    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)

    other.close(TOMORROW, ALL_DAY, "owner@example.com", clock.now)

    assert [(each.day, each.by) for each in practice.read(clock.now)] == [
        (TODAY, SOMEBODY),
        (TOMORROW, "owner@example.com"),
    ]


def test_a_closure_is_kept_for_a_year_after_its_day(stack: Stack, practice: Closures, clock: Clock) -> None:
    practice.close(TODAY, ALL_DAY, SOMEBODY, clock.now)
    clock.now += 366 * 86_400
    practice.close("2027-12-01", ALL_DAY, SOMEBODY, clock.now)
    assert [each.day for each in practice.read(clock.now)] == [TODAY, "2027-12-01"]

    clock.now += 86_400
    practice.close("2027-12-02", ALL_DAY, SOMEBODY, clock.now)

    assert [each.day for each in practice.read(clock.now)] == ["2027-12-01", "2027-12-02"]
