import threading
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cronsim import CronSimError

from infra.local import schedule
from infra.local.bus import Bus
from infra.local.cloud import Cloud, Resource
from infra.local.endpoint import AwsEndpoint
from infra.local.errors import FunctionError, TemplateError
from infra.local.schedule import Entry, Schedule, Timetable, entries

# A Wednesday, 05:00 in Phoenix (which knows no summer time) and 07:00 in New York.
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("rate(1 minute)", "UTC", "2026-11-25T12:01:00+00:00"),
        ("rate(5 minutes)", "UTC", "2026-11-25T12:05:00+00:00"),
        ("rate(1 hour)", "UTC", "2026-11-25T13:00:00+00:00"),
        ("rate(2 days)", "UTC", "2026-11-27T12:00:00+00:00"),
        ("at(2026-12-24T08:00:00)", "America/Phoenix", "2026-12-24T08:00:00-07:00"),
        ("cron(0 9 * * ? *)", "UTC", "2026-11-26T09:00:00+00:00"),
        ("cron(0 6 * * ? *)", "America/Phoenix", "2026-11-25T06:00:00-07:00"),
        ("cron(0/15 8-17 ? * MON-FRI *)", "America/New_York", "2026-11-25T08:00:00-05:00"),
        ("cron(0 8 ? * 2-6 *)", "America/New_York", "2026-11-25T08:00:00-05:00"),
        ("cron(0 8 ? * 1 *)", "UTC", "2026-11-29T08:00:00+00:00"),
        ("cron(0 8 ? * 2#1 *)", "UTC", "2026-12-07T08:00:00+00:00"),
        ("cron(0 8 ? * 6L *)", "UTC", "2026-11-27T08:00:00+00:00"),
        ("cron(0 8 ? * L *)", "UTC", "2026-11-28T08:00:00+00:00"),
        ("cron(0 8 L * ? *)", "UTC", "2026-11-30T08:00:00+00:00"),
    ],
)
def test_a_timetable_says_when_it_is_next_due(expression: str, zone: str, expected: str) -> None:
    due = Timetable(expression, zone).after(NOW)

    assert due is not None
    assert due.isoformat() == expected


@pytest.mark.parametrize(
    ("before", "due"),
    [
        ("2026-03-06T14:00:00+00:00", "2026-03-07T13:00:00+00:00"),
        ("2026-03-07T14:00:00+00:00", "2026-03-08T12:00:00+00:00"),
    ],
)
def test_eight_in_the_morning_stays_eight_when_the_clocks_change(before: str, due: str) -> None:
    # New York goes from -05:00 to -04:00 on 8 March 2026.
    found = Timetable("cron(0 8 * * ? *)", "America/New_York").after(datetime.fromisoformat(before))

    assert found is not None
    assert found.astimezone(UTC).isoformat() == due


def test_what_is_over_is_never_due_again() -> None:
    assert Timetable("at(2026-01-01T00:00:00)").after(NOW) is None


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("every day", "UTC"),
        ("rate(1 week)", "UTC"),
        ("cron(0 8 * * *)", "UTC"),
        ("cron(0 25 * * ? *)", "UTC"),
        ("cron(0 8 15W * ? *)", "UTC"),
        ("cron(0 8 * * ? 2028)", "UTC"),
        ("at(tomorrow)", "UTC"),
        ("cron(0 8 * * ? *)", "Mars/Olympus"),
    ],
)
def test_what_cannot_be_read_is_an_error(expression: str, zone: str) -> None:
    with pytest.raises((ValueError, KeyError, CronSimError)):
        Timetable(expression, zone).after(NOW)


def test_a_schedule_that_cannot_be_read_stops_the_start_and_is_named() -> None:
    class Account(Cloud):
        def resources(self, resource_type: str | None = None) -> Iterator[Resource]:
            properties = {
                "Name": "s",
                "ScheduleExpression": "cron(soon)",
                "Target": {"Arn": "arn:f", "RoleArn": "arn:r"},
            }
            yield Resource("Morning", "AWS::Scheduler::Schedule", properties, SimpleNamespace(physical_resource_id="s"))

    def send(arn: str, content: object) -> Future[object]:
        return Future()

    with pytest.raises(TemplateError, match="Morning"):
        entries(Account(AwsEndpoint()), Bus([], send))


def test_the_clock_sets_off_what_is_due_again_and_again_and_nothing_else() -> None:
    class Always(Timetable):
        def after(self, moment: datetime) -> datetime | None:
            return moment

    twice, fired = threading.Semaphore(0), []

    def fire() -> list[Future[object]]:
        twice.release()
        return []

    def never() -> list[Future[object]]:
        fired.append("not due")
        return []

    over = Timetable("at(2020-01-01T00:00:00)")
    running = Schedule([Entry("Due", Always("rate(1 day)"), fire), Entry("Over", over, never)])
    running.start()

    assert twice.acquire(timeout=60)
    assert twice.acquire(timeout=60)
    running.stop()
    assert fired == []


def test_waking_runs_everything_and_says_what_came_of_it() -> None:
    good: Future[object] = Future()
    good.set_result(None)
    bad: Future[object] = Future()
    bad.set_exception(FunctionError("ValueError", "on purpose"))
    both = [
        Entry("Good", Timetable("rate(1 day)"), lambda: [good]),
        Entry("Bad", Timetable("rate(1 day)"), lambda: [good, bad]),
    ]

    assert Schedule(both).wake() == {"Good": "ok", "Bad": "ValueError: on purpose"}


def test_waking_does_not_wait_for_what_goes_on_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_LONGEST_WAIT_SECONDS", 0)

    assert Schedule([Entry("Long", Timetable("rate(1 day)"), lambda: [Future()])]).wake() == {"Long": "running"}
