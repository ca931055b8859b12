"""The digest: what is in a week, and nothing that is not."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from functions.followup.week import Week, digest
from shared.enquiry_blocks import Linked
from tests.leads import LEAD
from tests.mails import letterhead

MONDAY = datetime.fromisoformat("2026-11-23T07:00:00Z").timestamp()
EMPTY = Week(MONDAY, articles={}, languages={}, campaigns={}, answered=0, median=None, open=0)
LINKED = Linked(replace(LEAD, answer_by="2026-11-24T19:00:00.000Z"), "https://www.example.com/enquiry/abc")


def told(**more: Any) -> str:
    return letterhead().text(digest(replace(EMPTY, **more), letterhead()))


def test_the_subject_has_the_week_and_how_many_came() -> None:
    week = replace(EMPTY, articles={"sciatica": 2, "knees": 1})

    assert digest(week, letterhead()).subject == "Week of Monday, November 23. Enquiries: 3"


def test_enquiries_are_counted_by_article_language_and_campaign_the_most_first() -> None:
    text = told(articles={"knees": 1, "sciatica": 2}, languages={"es": 1, "sw": 2}, campaigns={"letter": 1})

    assert "By article\n\n2: \u2068sciatica\u2069\n1: \u2068knees\u2069" in text
    assert "By language\n\n2: \u2068sw\u2069\n1: \u2068Spanish\u2069" in text
    assert "By campaign\n\n1: \u2068letter\u2069" in text


def test_articles_are_counted_by_their_titles() -> None:
    text = told(articles={"dry-needling-for-sciatica": 2, "knees": 1})

    assert "By article\n\n2: \u2068Needles for backs\u2069\n1: \u2068knees\u2069" in text


def test_enquiries_are_counted_by_what_they_are_about_where_it_was_said() -> None:
    text = told(articles={"knees": 3}, chosen={"topic": {"price": 1, "of later code": 2}})

    assert "What it is about\n\n2: \u2068of later code\u2069\n1: \u2068price or insurance\u2069" in text
    assert "What it is about" not in told(articles={"knees": 3}, chosen={"topic": {}})


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0, "0 h 0 min"), (5100.0, "1 h 25 min"), (7199.0, "2 h 0 min"), (90_000.0, "25 h 0 min")]
)
def test_the_time_to_an_answer_is_in_opening_hours(seconds: float, shown: str) -> None:
    assert f"Half of the answers took at most: \u2068{shown} of opening hours\u2069" in told(median=seconds)


def test_what_is_late_has_its_promise_and_its_link() -> None:
    text = told(open=1, late=[LINKED])

    assert "Answer promised by: \u2068Tuesday, November 24, 12:00\u202fPM\u2069" in text
    assert "Say what became of it:\nhttps://www.example.com/enquiry/abc" in text
    assert "does not stop the reminders" in text


def test_what_was_kept_back_has_a_link_that_takes_it_in_and_none_to_answer() -> None:
    text = told(kept_back=[LINKED])

    assert "Take it in as an enquiry:\nhttps://www.example.com/enquiry/abc" in text
    assert "Say what became of it" not in text


def test_a_long_list_is_cut_and_says_so() -> None:
    text = told(open=53, late=[LINKED] * 53)

    assert text.count("(602) 555-0100") == 50
    assert "Not shown here: 3" in text
    assert "Not shown" not in told(open=50, late=[LINKED] * 50)


def test_bounces_and_missing_closures_are_told() -> None:
    bounced = replace(LEAD, bounce="Permanent General 5.1.1")

    text = told(bounced=[bounced], year_without_closures=2027)

    assert f"Alerts that the mailbox did not take\n\n{LEAD.reference}: \u2068Permanent General 5.1.1\u2069" in text
    assert "No closed days are known for 2027" in text
    assert "make closures YEAR=2027" in text


def test_what_did_not_happen_is_not_told() -> None:
    text = told(articles={"sciatica": 1}, languages={"en": 1}, open=1)

    for words in ("campaign", "Half", "late", "Kept back", "mailbox", "closed days", "clock"):
        assert words not in text


@pytest.mark.parametrize(
    "more",
    [
        {"articles": {"sciatica": 1}},
        {"answered": 1},
        {"open": 1},
        {"late": [LINKED]},
        {"kept_back": [LINKED]},
        {"bounced": [LEAD]},
        {"year_without_closures": 2027},
    ],
)
def test_a_week_with_anything_is_worth_a_mail(more: dict[str, Any]) -> None:
    assert replace(EMPTY, **more).is_worth_a_mail
    assert not EMPTY.is_worth_a_mail
