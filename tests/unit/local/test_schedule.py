from concurrent.futures import Future
from datetime import UTC, datetime

import pytest
from cronsim import CronSimError

from infra.local.environment import FunctionError
from infra.local.schedule import Entry, Schedule, Timetable

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
        ("cron(0 8 1 JAN ? 2028-2030)", "UTC", "2028-01-01T08:00:00+00:00"),
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


@pytest.mark.parametrize("expression", ["at(2026-01-01T00:00:00)", "cron(0 8 * * ? 2025)", "cron(0 8 * * ? 2020-2024)"])
def test_what_is_over_is_never_due_again(expression: str) -> None:
    assert Timetable(expression).after(NOW) is None


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("every day", "UTC"),
        ("rate(1 week)", "UTC"),
        ("cron(0 8 * * *)", "UTC"),
        ("cron(0 25 * * ? *)", "UTC"),
        ("cron(0 8 * * ? soon)", "UTC"),
        ("at(tomorrow)", "UTC"),
        ("cron(0 8 * * ? *)", "Mars/Olympus"),
    ],
)
def test_what_cannot_be_read_is_an_error(expression: str, zone: str) -> None:
    with pytest.raises((ValueError, KeyError, CronSimError)):
        Timetable(expression, zone).after(NOW)


def test_waking_runs_everything_and_says_what_came_of_it() -> None:
    good: Future[object] = Future()
    good.set_result(None)
    bad: Future[object] = Future()
    bad.set_exception(FunctionError("ValueError", "on purpose"))
    entries = [
        Entry("Good", Timetable("rate(1 day)"), lambda: [good]),
        Entry("Bad", Timetable("rate(1 day)"), lambda: [good, bad]),
    ]

    assert Schedule(entries).wake() == {"Good": "ok", "Bad": "ValueError: on purpose"}
