"""The inbox's search: at once by reference, number and address; by name over what came, so far at a time."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.inbox import app
from functions.inbox.cookies import SEARCH, SESSION
from functions.inbox.search import LONGEST
from shared.lead import SECONDS_PER_DAY, seconds
from tests.clock import Clock
from tests.inbox import FORM, FROM_OURS, Browser, Shown, signed_in
from tests.integration.conftest import Stack
from tests.integration.practice_inbox import Practice, open_inbox, references, row

NOW = seconds("2026-11-24T16:00:00.000Z")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(NOW)
    monkeypatch.setattr(app.time, "time", clock)
    return clock


@pytest.fixture
def practice(stack: Stack, clock: Clock) -> Practice:
    return open_inbox(stack, NOW)


def search(practice: Practice, text: str) -> Shown:
    shown = practice.browser.post("/inbox/search", text=text)
    assert shown.status == 200, shown.body
    assert shown.path == "/inbox/search"
    return shown


def further(shown: Shown) -> str:
    """The address at which a search goes on."""
    found = re.search(r'href="([^"]*)" rel="next"', shown.body)
    assert found
    return unescape(found[1])


def test_the_form_asks_and_finds_nothing_yet(practice: Practice) -> None:
    shown = practice.shows("/inbox/search")

    assert "Reference, phone number, email address or name" in shown.body
    assert "Found:" not in shown.body


def test_a_reference_is_found_however_it_is_written(practice: Practice) -> None:
    lead = practice.got()
    practice.got()

    for text in (lead.reference, lead.reference.lower(), lead.reference.replace("-", " ")):
        assert references(search(practice, text)) == [lead.reference]


def test_a_number_is_found_however_it_is_written_without_looking_through_anything(practice: Practice) -> None:
    older = practice.got(NOW - 90 * SECONDS_PER_DAY, phone="+16025550177", name="Old")
    newer = practice.got(phone="+16025550177", name="New")
    practice.got(phone="+16025550178")

    for text in ("(602) 555-0177", "+1 602 555 0177", "1-602-555-0177", "٦٠٢٥٥٥٠١٧٧", "001 602 555 0177"):
        shown = search(practice, text)
        assert references(shown) == [newer.reference, older.reference]
        assert "looked through" not in shown.body


def test_the_last_digits_of_a_number_are_looked_for(practice: Practice) -> None:
    lead = practice.got(phone="+16025550177")
    practice.got(phone="+16025550178")

    shown = search(practice, "0177")

    assert references(shown) == [lead.reference]
    assert "2 enquiries looked through" in shown.body


def test_an_address_is_found_exactly(practice: Practice) -> None:
    lead = practice.got(email="Ana@example.com")
    practice.got(email="ana@example.org")

    assert references(search(practice, " ana@EXAMPLE.com ")) == [lead.reference]
    shown = search(practice, "ana@example")
    assert references(shown) == []
    assert "There is no enquiry with exactly this." in shown.body


@pytest.mark.parametrize(
    ("name", "text"),
    [("Jörg Müller", "joerg mueller"), ("José Núñez", "nunez"), ("أحمد مصطفى", "احمد مصطفي"), ("林美玲", "美玲")],
)
def test_a_name_is_found_however_its_letters_are_written(practice: Practice, name: str, text: str) -> None:
    lead = practice.got(name=name)
    practice.got(name="Somebody Else")

    assert references(search(practice, text)) == [lead.reference]


def test_who_has_half_a_name_is_shown_the_whole_one_or_told_what_to_try(practice: Practice) -> None:
    lead = practice.got(name="Jörg Müller")

    assert "Jörg Müller" in row(search(practice, "muller"), lead)
    assert "Jörg Müller" in row(search(practice, "Mr. Muller"), lead)
    assert "Nobody was found. Try less" in search(practice, "Jorge Muller").body


def test_what_is_answered_kept_back_and_open_is_found_and_what_is_past_its_time_is_not(practice: Practice) -> None:
    found = [practice.got(), practice.got(does=practice.booked), practice.got(spam_reasons=("honeypot",))]
    gone = practice.got(expires_at=int(NOW) - 1)

    assert set(references(search(practice, "ana ruiz"))) == {each.reference for each in found}
    for text in (gone.reference, "602 555 0100", "ana@example.com"):
        assert gone.reference not in references(search(practice, text))


def test_a_search_goes_so_far_at_a_time_and_then_further_back(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SEARCHED", 20)
    wanted = practice.got(NOW - 50 * 3600, name="Eva Wanted")
    for number in range(60):
        practice.got(NOW - 3600 - number * 3000)

    shown = search(practice, "eva wanted")
    rounds = 0
    while not references(shown):
        rounds += 1
        assert "enquiries looked through" in shown.body
        shown = practice.shows(further(shown))

    assert references(shown) == [wanted.reference]
    assert rounds >= 1


def test_a_cursor_of_another_search_begins_anew(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "SEARCHED", 20)
    newest = practice.got(name="Eva Newest")
    for number in range(60):
        practice.got(NOW - 4000 - number * 3000)
    address = further(search(practice, "nobody"))

    for text, sent in (("newest", address), ("newest", address[:-1]), ("newest", "/inbox/search?cursor=x")):
        search(practice, text)
        assert references(practice.shows(sent)) == [newest.reference]


@pytest.mark.parametrize("text", ["", " ", "12", "<script>alert(1)</script>", "\u202e", "😀" * 200, "x" * 5000])
def test_what_finds_nothing_says_so_and_does_nothing(practice: Practice, text: str) -> None:
    practice.got()

    shown = search(practice, text)

    assert references(shown) == []
    assert "Found: 0" in shown.body
    assert "<script>alert" not in shown.body


def test_what_was_found_is_there_again_whenever_the_page_is_gone_back_to(practice: Practice) -> None:
    lead = practice.got(name="Jörg Müller")
    found = search(practice, "müller")
    practice.shows(f"/inbox/leads/{lead.id}")

    back = practice.browser.ask("GET", "/inbox/search")

    assert (back.status, back.body) == (200, found.body)
    assert 'value="müller"' in back.body
    assert references(back) == [lead.reference]


@pytest.mark.parametrize("text", ["林美玲", "أحمد; a=b, c", "Jo\r\nSet-Cookie: a=b", "\x00\u202e", "😀" * LONGEST])
def test_a_browser_holds_whatever_was_typed_for_an_hour_and_no_script_reads_it(practice: Practice, text: str) -> None:
    fields = urlencode({"token": practice.browser.token, "text": text}).encode()

    answer = practice.browser.ask("POST", "/inbox/search", fields, {**FORM, **FROM_OURS})

    assert (answer.status, answer.headers["location"]) == (303, "/inbox/search")
    assert answer.headers["cache-control"] == "no-store"
    (held,) = answer.cookies
    # A browser may refuse to hold more (RFC 6265 section 6.1).
    assert held.isascii()
    assert len(held) < 4096
    assert re.fullmatch(rf"{SEARCH}=[\w.-]+; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax", held)
    shown = practice.shows("/inbox/search")
    assert text in unescape(shown.body)
    assert "Found: 0" in shown.body


def test_what_another_session_looked_for_or_nobody_counts_as_nothing(practice: Practice) -> None:
    practice.got()
    search(practice, "ana ruiz")
    held, other = practice.browser.cookies[SEARCH], signed_in(practice.stack)

    for cookies in (
        {**other.cookies, SEARCH: held},
        {**practice.browser.cookies, SEARCH: held[:-1]},
        {**practice.browser.cookies, SEARCH: f"A{held}"},
        {**practice.browser.cookies, SEARCH: "é"},
        {**practice.browser.cookies, SEARCH: practice.browser.cookies[SESSION]},
    ):
        shown = Browser(practice.stack, cookies).ask("GET", "/inbox/search")
        assert shown.status == 200
        assert "Found:" not in shown.body
        assert 'name="text" value=""' in shown.body


def test_signing_out_takes_along_what_was_looked_for(practice: Practice) -> None:
    search(practice, "ana ruiz")

    practice.browser.post("/inbox/sign-out")

    assert practice.browser.cookies == {}


def test_what_is_looked_for_stands_in_no_address_and_no_log(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    practice.got(name="Rosalind Searched")

    shown = search(practice, "Rosalind Searched")

    assert not re.search(r'(href|action)="[^"]*osalind', shown.body)
    assert "osalind" not in capsys.readouterr().out


def test_without_keys_a_number_is_not_said_to_be_unknown(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.got()

    def none(*_: Any) -> None:
        return None

    monkeypatch.setattr(app.wiring.keys, "person_digest", none)

    assert practice.browser.post("/inbox/search", text="602 555 0100").status == 503
