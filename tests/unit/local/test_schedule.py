from concurrent.futures import Future
from datetime import UTC, datetime

import pytest

from infra.local.environment import FunctionError
from infra.local.schedule import Rule, Schedule, Target, event, period


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(1 hour)", 3_600), ("rate(2 days)", 172_800)],
)
def test_a_rate_is_a_period_in_seconds(expression: str, seconds: int) -> None:
    assert period(expression) == seconds


def test_a_cron_expression_has_no_period() -> None:
    assert period("cron(0 9 * * ? *)") is None


def test_the_event_is_eventbridges() -> None:
    rule = Rule("Daily", "arn:rule", "123456789012", 60, ())

    sent = event(rule, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    assert sent | {"id": ""} == {
        "version": "0",
        "id": "",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": "us-east-1",
        "resources": ["arn:rule"],
        "detail": {},
    }


def test_waking_runs_every_rule_and_says_what_came_of_it() -> None:
    sent: list[tuple[str, object]] = []

    def submit(function: str, event: object) -> Future[object]:
        sent.append((function, event))
        outcome: Future[object] = Future()
        if function == "bad":
            outcome.set_exception(FunctionError("ValueError", "on purpose"))
        else:
            outcome.set_result(None)
        return outcome

    good = Rule("Good", "arn:good", "1", None, (Target("good", '{"own": "input"}'),))
    bad = Rule("Bad", "arn:bad", "1", None, (Target("bad", None),))

    outcomes = Schedule([good, bad], submit).wake()

    assert outcomes == {"Good": "ok", "Bad": "ValueError: on purpose"}
    assert sent[0] == ("good", {"own": "input"})
