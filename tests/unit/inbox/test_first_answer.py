"""When the log is told that a person was answered: once, and whether the promise was kept."""

from dataclasses import replace

import pytest

from functions.inbox.steps import first_answer
from shared.facts import with_outcome, without_outcome
from shared.lead import Lead, seconds
from shared.outcomes import Outcome
from tests.leads import LEAD

PROMISED = replace(LEAD, answer_by="2026-11-23T20:00:00.000Z")
DEADLINE = seconds("2026-11-23T20:00:00.000Z")


def said(lead: Lead, outcome: Outcome, at: float) -> Lead:
    changed = with_outcome(lead, outcome, at, "doctor@example.com")
    assert changed
    return changed


@pytest.mark.parametrize(("at", "in_time"), [(DEADLINE - 1, 1), (DEADLINE, 1), (DEADLINE + 1, 0)])
def test_an_answer_is_in_time_until_the_promised_time_is_over(at: float, in_time: int) -> None:
    assert first_answer(PROMISED, said(PROMISED, Outcome.BOOKED, at)) == {
        "lead_id": LEAD.id,
        "answered": 1,
        "in_time": in_time,
    }


def test_without_a_promise_every_answer_is_in_time() -> None:
    assert first_answer(LEAD, said(LEAD, Outcome.CALLED, DEADLINE * 2))["in_time"] == 1


def test_what_is_no_answer_is_not_told() -> None:
    assert first_answer(PROMISED, said(PROMISED, Outcome.ADVERTISING, DEADLINE)) == {}


def test_a_second_answer_is_not_told_again() -> None:
    first = said(PROMISED, Outcome.LEFT_MESSAGE, DEADLINE - 60)

    assert first_answer(first, said(first, Outcome.CALLED, DEADLINE - 30)) == {}


@pytest.mark.parametrize(("at", "in_time"), [(DEADLINE, -1), (DEADLINE + 1, 0)])
def test_an_answer_that_is_undone_is_taken_back(at: float, in_time: int) -> None:
    first = said(PROMISED, Outcome.CALLED, at)
    undone = without_outcome(first, DEADLINE + 2, "doctor@example.com")
    assert undone

    assert first_answer(first, undone) == {"lead_id": LEAD.id, "answered": -1, "in_time": in_time}
