"""The timeline: each code that a ledger can hold has its sentence, in every language."""

import pytest

from functions.inbox.timeline import SENTENCES, lines, timeline
from shared import facts, ledger
from shared.lead import timestamp
from shared.ledger import What
from shared.outcomes import OUTCOMES, Outcome
from tests.leads import LEAD

NOW = 1_800_000_000


def test_every_code_of_a_ledger_has_a_sentence_of_its_own() -> None:
    assert SENTENCES.keys() - {"stored"} == {*What, *Outcome}
    assert len(set(SENTENCES.values()) - {OUTCOMES[Outcome.NOT_REACHED].label}) == len(SENTENCES) - 2


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_and_its_undoing_are_two_lines_of_one_sentence(outcome: Outcome) -> None:
    said = facts.with_outcome(LEAD, outcome, NOW, "ana@practice.example") or LEAD
    undone = facts.without_outcome(said, NOW + 1, "alert-1") or LEAD

    (_, first, second) = timeline(undone)
    assert (first.what, first.is_undone, first.member, first.is_by_link) == (
        outcome,
        False,
        "ana@practice.example",
        False,
    )
    assert (second.what, second.is_undone, second.member, second.is_by_link) == (outcome, True, None, True)


@pytest.mark.parametrize("by", [ledger.SYSTEM, ledger.SES, "apprise", "mail", "ops"])
def test_what_the_service_does_is_nobodys_act(by: str) -> None:
    lead = ledger.with_entry(LEAD, timestamp(NOW), What.BACKUP_USED, by)

    (line,) = lines(lead.ledger)
    assert (line.member, line.is_by_link) == (None, False)


def test_a_line_is_about_a_time_or_another_enquiry() -> None:
    again = ledger.with_entry(LEAD, timestamp(NOW), What.AGAIN, about="2026-12-01T15:00:00.000Z")
    (time, other) = lines(ledger.with_entry(again, timestamp(NOW), What.APART, about="2222-3333").ledger)

    assert (time.time, time.reference) == ("2026-12-01T15:00:00.000Z", None)
    assert (other.time, other.reference) == (None, "2222-3333")


@pytest.mark.parametrize(("outcome", "shown"), [(Outcome.NOT_REACHED, True), (Outcome.LEFT_MESSAGE, False)])
def test_until_when_a_call_is_put_off_is_told_and_when_one_usually_tries_again_is_not(
    outcome: Outcome, shown: bool
) -> None:
    lead = facts.with_outcome(LEAD, outcome, NOW, "ana@practice.example", NOW + 86_400) or LEAD

    (line,) = lines(lead.ledger)
    assert (line.time, line.reference) == (timestamp(NOW + 86_400) if shown else None, None)
    assert lead.ledger[0]["about"] == timestamp(NOW + 86_400)
