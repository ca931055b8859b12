"""A month of enquiries as a file: all of it, harmless, and read again as it was written."""

import csv
import io
import re
from base64 import b64decode

import pytest

from functions.inbox import app, months
from shared.lead import SECONDS_PER_DAY, seconds
from tests.clock import Clock
from tests.inbox import Shown
from tests.integration.conftest import Stack
from tests.integration.practice_inbox import Practice, open_inbox

NOW = seconds("2026-11-24T16:00:00.000Z")
FIRST_OF_NOVEMBER = seconds("2026-11-01T07:00:00.000Z")  # midnight in Phoenix


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(NOW)
    monkeypatch.setattr(app.time, "time", clock)
    return clock


@pytest.fixture
def practice(stack: Stack) -> Practice:
    return open_inbox(stack, NOW)


def rows(shown: Shown) -> list[dict[str, str]]:
    assert shown.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    text = shown.body if shown.body.startswith("\ufeff") else b64decode(shown.body).decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_page_has_a_link_for_each_month_of_which_something_is_kept(practice: Practice) -> None:
    body = practice.shows("/inbox/csv").body

    assert '<a href="/inbox/csv/2026-11">November 2026</a>' in body
    assert body.index("2026-11") < body.index("2025-11")
    assert "2025-10" not in body
    assert "2026-12" not in body


def test_a_month_is_the_practices_and_its_rows_are_in_order(practice: Practice) -> None:
    practice.got(FIRST_OF_NOVEMBER - 1)
    second, first = practice.got(NOW), practice.got(FIRST_OF_NOVEMBER)

    found = rows(practice.shows("/inbox/csv/2026-11"))

    assert [each["Reference"] for each in found] == [first.reference, second.reference]
    assert found[0]["Received"] == "2026-11-01 00:00"


def test_a_row_has_all_that_was_entered_and_what_became_of_it(practice: Practice) -> None:
    lead = practice.got(
        does=practice.booked,
        answer_by="2026-11-24T20:00:00.000Z",
        more={"topic": "first_visit", "since": "weeks"},
        notes=(
            {"at": "2026-11-24T15:30:00.000Z", "by": "a@example.com", "text": "x", "told": "2026-11-25T19:00:00.000Z"},
        ),
    )

    (row,) = rows(practice.shows("/inbox/csv/2026-11"))

    assert row == {
        "Reference": lead.reference,
        "Received": "2026-11-24 08:00",
        "Name": "Ana Ruiz",
        "Phone": "(602) 555-0100 ext. 12",
        "Phone with country code": "'+16025550100;ext=12",
        "Email": "ana@example.com",
        "Prefers contact": "by phone",
        "Prefers time": "in the morning",
        "Language": "Spanish",
        "Article": "dry-needling-for-sciatica",
        "Message": "Me duele la pierna izquierda.",
        "What it is about": "the first visit",
        "Further answers": "since: weeks",
        "Campaign": "utm_source=newsletter",
        "Answer by": "2026-11-24 13:00",
        "Told: answer by": "2026-11-25 12:00",
        "Kept back": "",
        "What became of it?": "Booked a visit",
        "Since": "2026-11-24 08:59",
        "First answered": "2026-11-24 08:59",
    }


def test_what_is_missing_stays_empty_and_what_was_kept_back_says_so(practice: Practice) -> None:
    practice.got(phone=None, email=None, message=None, spam_reasons=("honeypot",), phone_as_written=None)

    (row,) = rows(practice.shows("/inbox/csv/2026-11"))

    assert (row["Phone"], row["Phone with country code"], row["Email"], row["Message"]) == ("", "", "", "")
    assert (row["Kept back"], row["What became of it?"]) == ("yes", "")


def test_nothing_that_is_past_its_time_is_in_it(practice: Practice) -> None:
    practice.got(expires_at=int(NOW) - 1)

    assert rows(practice.shows("/inbox/csv/2026-11")) == []


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "@SUM(1)", "a;=1+1", "\u202e=1", '"\r\n"=1', "<script>", "👩‍⚕️" * 250, 'a","b","c"\n"forged"']
)
def test_whatever_a_visitor_wrote_is_one_cell_that_calculates_nothing(practice: Practice, text: str) -> None:
    practice.got(name=text, message=text, article=text, locale=text, source={"utm_source": text}, more={text: text})

    (row,) = rows(practice.shows("/inbox/csv/2026-11"))

    assert row["Message"].replace("'", "") == text
    assert not any(value.startswith(tuple("=+-@")) for value in row.values())


def test_the_browser_saves_it_and_nobody_keeps_it(practice: Practice) -> None:
    practice.got()

    headers = practice.shows("/inbox/csv/2026-11").headers

    assert headers["content-disposition"] == 'attachment; filename="enquiries-2026-11.csv"'
    assert headers["cache-control"] == "no-store"


def test_a_month_that_is_too_large_comes_in_parts(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "MOST_ROWS", 3)
    leads = [practice.got(FIRST_OF_NOVEMBER + number * SECONDS_PER_DAY) for number in range(3)]
    assert len(rows(practice.shows("/inbox/csv/2026-11"))) == 3

    leads += [practice.got(FIRST_OF_NOVEMBER + number * SECONDS_PER_DAY) for number in (3, 4)]

    said = practice.shows("/inbox/csv/2026-11").body
    assert "November 2026 has more than 3 enquiries" in said
    parts = re.findall(r'href="(/inbox/csv/2026-11\?part=\d)"', said)
    files = [practice.shows(each) for each in parts]
    assert [[row["Reference"] for row in rows(each)] for each in files] == [
        [each.reference for each in leads[2:]],
        [each.reference for each in leads[:2]],
    ]
    assert "enquiries-2026-11-part-2.csv" in files[1].headers["content-disposition"]


@pytest.mark.parametrize("part", ["0", "2", "-1", "x", ""])
def test_what_is_no_part_is_no_page(practice: Practice, part: str) -> None:
    assert practice.browser.get(f"/inbox/csv/2026-11?part={part}").status == 404


@pytest.mark.parametrize(
    "month", ["2026", "2026-13", "2026-11-01", "202611", "1999-12", "9001-01", "0001-01", "x", "٢٠٢٦-11", ""]
)
def test_what_is_no_month_is_no_page(practice: Practice, month: str) -> None:
    shown = practice.browser.get(f"/inbox/csv/{month}")

    assert shown.status == 404
