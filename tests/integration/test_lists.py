"""The inbox's lists: what is open by when it is due, what came by day, and what both cost."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from functions.inbox import app, lists, past
from functions.inbox.pages import FOLDER, Pages
from shared.facts import alert_sent, backup_used, bounced, delivered, with_outcome
from shared.http import compress
from shared.lead import HONEYPOT, SECONDS_PER_DAY, Lead, seconds, timestamp
from shared.letterhead import read_mail_parts
from shared.messages import translations
from shared.practice import read_compiled
from tests.clock import Clock
from tests.integration.conftest import SITE_LOCALES, Stack
from tests.integration.practice_inbox import Practice, link, open_inbox, references, row

pytestmark = pytest.mark.long

NOW = seconds("2026-11-24T16:00:00.000Z")  # a Tuesday, 9 in the morning in Phoenix


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(NOW)
    monkeypatch.setattr(app.time, "time", clock)
    return clock


@pytest.fixture
def practice(stack: Stack) -> Practice:
    return open_inbox(stack, NOW)


def in_hours(hours: float) -> str:
    return timestamp(NOW + 3600 * hours)


# ---- what is open


def test_open_enquiries_come_in_the_order_they_are_promised_for_the_late_ones_first_and_marked_in_words(
    practice: Practice,
) -> None:
    soon = practice.got(answer_by=in_hours(1))
    late = practice.got(answer_by=in_hours(-1))
    later = practice.got(answer_by=in_hours(20))

    shown = practice.shows()

    assert references(shown) == [each.reference for each in (late, soon, later)]
    assert "Late. Answer was due: today, 8:00 AM" in row(shown, late).replace("\u202f", " ")
    assert "Late" not in row(shown, soon)
    assert "Answer by: tomorrow, 5:00 AM" in row(shown, later).replace("\u202f", " ")
    assert '<li class="is-late">' in shown.body
    assert "Open: 3" in shown.body
    assert "Late: 1" in shown.body


def test_a_row_says_who_wrote_what_they_wish_and_what_is_known(practice: Practice) -> None:
    lead = practice.got(
        NOW - 3 * 3600,
        does=lambda lead: delivered(lead, timestamp(NOW - 600)),
        answer_by=in_hours(1),
        earlier=("f" * 32,),
        phone_extension="12",
        more={"topic": "price", "later": "unknown to this code"},
    )

    shown = practice.shows()

    said = row(shown, lead)
    assert said.startswith(f"Ana {lead.reference}")
    for words in ("by phone", "in the morning", "Spanish", "waits 3 h", "wrote before", "alert delivered", "Call"):
        assert words in said
    assert "price or insurance" in said
    assert "Ruiz" not in said
    assert "unknown" not in said
    assert f'href="/inbox/leads/{lead.id}"' in shown.body
    assert 'href="tel:+16025550100;ext=12"' in shown.body


@pytest.mark.parametrize(
    ("does", "words"),
    [
        (lambda lead: lead, "alert not proven yet"),
        (lambda lead: alert_sent(lead, "alert-1", timestamp(NOW)), "alert not proven yet"),
        (lambda lead: bounced(lead, timestamp(NOW), "Permanent General 5.1.1"), "the alert did not reach you"),
        (lambda lead: backup_used(lead, NOW, "apprise", None), "told another way than by mail"),
    ],
    ids=["nothing", "sent", "bounced", "another way"],
)
def test_a_row_says_what_is_known_of_the_alert(
    practice: Practice, does: Callable[[Lead], Lead | None], words: str
) -> None:
    lead = practice.got(does=does)

    assert words in row(practice.shows(), lead)


def test_a_row_offers_the_way_that_the_person_prefers(practice: Practice) -> None:
    practice.got(preferred_contact="email", email="ana@example.com")

    shown = practice.shows()

    assert 'href="mailto:ana@example.com?' in shown.body
    assert "tel:" not in shown.body


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (59, "just came"),
        (90, "waits 1 min"),
        (59 * 60, "waits 59 min"),
        (47 * 3600, "waits 47 h"),
        (49 * 3600, "waits 2 days"),
    ],
)
def test_a_row_says_how_long_they_wait(practice: Practice, before: int, words: str) -> None:
    lead = practice.got(NOW - before)

    assert words in row(practice.shows(), lead)


def test_who_is_to_be_called_again_is_open_until_then_and_after(practice: Practice, clock: Clock) -> None:
    def left_message(lead: Lead) -> Lead | None:
        return with_outcome(lead, "left_message", NOW - 60, "a@example.com", int(NOW + 3600))

    lead = practice.got(does=left_message)

    said = row(practice.shows(), lead)
    assert "Call again: today, 10:00" in said
    assert "Left a message" in said
    assert "waits" not in said
    clock.now += 3601
    assert "Late. Call was due" in row(practice.shows(), lead)


def test_what_was_not_promised_says_so_and_is_late_all_the_same(practice: Practice, clock: Clock) -> None:
    lead = practice.got(answer_by=None)
    assert "No time was promised. Answer by:" in row(practice.shows(), lead)

    clock.now += 10 * SECONDS_PER_DAY

    assert "Late, though no time was promised" in row(practice.shows(), lead)


def test_what_is_done_kept_back_or_past_its_time_is_not_open(practice: Practice) -> None:
    practice.got(does=practice.booked)
    practice.got(spam_reasons=(HONEYPOT,))
    practice.got(expires_at=int(NOW) - 1)
    unfiled = practice.got(
        does=practice.booked, filed_at=None
    )  # something is due of it, but for nobody at the practice
    assert unfiled.id in list(practice.store.open())

    shown = practice.shows()

    assert references(shown) == []
    assert "Nothing is open. An enquiry appears here once it is stored" in shown.body


def test_both_addresses_of_the_list_are_one(practice: Practice) -> None:
    lead = practice.got()

    assert references(practice.shows("/inbox/")) == references(practice.shows()) == [lead.reference]


def test_a_page_says_when_it_was_made_and_nobody_keeps_it(practice: Practice) -> None:
    shown = practice.shows()

    assert "As of 9:00" in shown.body
    assert shown.headers["cache-control"] == "no-store"
    assert "noindex" in shown.headers["x-robots-tag"]


def test_open_enquiries_are_narrowed_to_a_language_or_an_article(practice: Practice) -> None:
    spanish, arabic = practice.got(), practice.got(locale="ar")
    other = practice.got(locale="ar", article="another-article")

    assert set(references(practice.shows(language="ar"))) == {arabic.reference, other.reference}
    assert references(practice.shows(article="another-article")) == [other.reference]
    assert references(practice.shows(language="es", article="")) == [spanish.reference]
    none = practice.shows(language="fr")
    assert "There are none of these." in none.body
    assert '<option value="fr" selected>French</option>' in none.body


def test_more_than_a_page_of_open_enquiries_goes_on_over_pages(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "OPEN_PAGE", 2)
    wanted = [practice.got(answer_by=in_hours(number + 1), locale="ar") for number in range(5)]
    practice.got(locale="fr")

    found, shown = [], practice.shows(language="ar")
    while True:
        found += references(shown)
        assert "Open: 5" in shown.body
        if ">Further</a>" not in shown.body:
            break
        shown = practice.browser.get(link(shown, "Further"))

    assert found == [each.reference for each in wanted]


@pytest.mark.parametrize("start", ["x", "-1", "9" * 30, "٣", ""])
def test_a_number_that_is_none_begins_at_the_beginning(practice: Practice, start: str) -> None:
    lead = practice.got()

    assert references(practice.shows(**{"from": start})) == [lead.reference]


def test_where_too_much_is_open_the_list_says_so(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_OPEN", 3)
    practice.got(), practice.got(), practice.got()
    assert "enquiries are open. These are" not in practice.shows().body

    practice.got()

    assert "More than 3 enquiries are open." in practice.shows().body
    assert len(references(practice.shows())) == 3


# ---- what came, by day


def test_lists_by_day_have_what_their_names_say_the_newest_first(practice: Practice) -> None:
    waits = practice.got(NOW - 4 * 3600)
    answered = practice.got(NOW - 3 * 3600, does=practice.booked)
    kept_back = practice.got(NOW - 2 * 3600, spam_reasons=(HONEYPOT,))
    advertising = practice.got(NOW - 3600, does=lambda lead: with_outcome(lead, "advertising", NOW, "a@example.com"))

    assert references(practice.shows("/inbox/answered")) == [answered.reference]
    assert references(practice.shows("/inbox/kept-back")) == [advertising.reference, kept_back.reference]
    everything = [each.reference for each in (advertising, kept_back, answered, waits)]
    assert references(practice.shows("/inbox/all")) == everything


@pytest.mark.parametrize("name", ["answered", "kept-back", "all"])
def test_an_empty_list_says_what_will_appear(practice: Practice, name: str) -> None:
    assert "appears here" in practice.shows(f"/inbox/{name}").body


def test_a_day_is_the_practices_from_midnight_to_midnight(practice: Practice) -> None:
    midnight = seconds("2026-11-20T07:00:00.000Z")  # in Phoenix
    practice.got(midnight - 1)
    first, last = practice.got(midnight), practice.got(midnight + SECONDS_PER_DAY - 1)
    practice.got(midnight + SECONDS_PER_DAY)

    shown = practice.shows("/inbox/all", day="2026-11-20")

    assert references(shown) == [last.reference, first.reference]
    assert 'value="2026-11-20"' in shown.body


@pytest.mark.parametrize("day", ["2026-12-24", "2020-01-01", "0001-01-01", "9999-12-31"])
def test_a_day_on_which_nothing_can_have_come_is_empty(practice: Practice, day: str) -> None:
    practice.got()

    assert "There are none of these." in practice.shows("/inbox/all", day=day).body


@pytest.mark.parametrize("day", ["", "x", "2026-13-01", "<script>"])
def test_what_is_no_day_narrows_nothing(practice: Practice, day: str) -> None:
    lead = practice.got()

    assert references(practice.shows("/inbox/all", day=day)) == [lead.reference]


def test_a_list_by_day_goes_on_by_cursors_to_the_end_without_gap_or_repetition(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "PAGE", 3)
    monkeypatch.setattr(past, "_AT_ONCE", 4)
    wanted = []
    for number in range(20):
        lead = practice.got(NOW - 1000 - number * 40_000, locale="ar" if number % 2 else "es")
        wanted += [lead] if number % 2 else []

    found, shown = [], practice.shows("/inbox/all", language="ar")
    for _ in range(9):
        found += references(shown)
        if ">Further back</a>" not in shown.body:
            break
        shown = practice.browser.get(link(shown, "Further back"))

    assert found == [each.reference for each in wanted]


def test_a_list_looks_so_far_back_as_a_reader_waits_for_and_offers_the_rest(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "_DAYS", 100)
    old = practice.got(NOW - 150 * SECONDS_PER_DAY)

    first = practice.shows("/inbox/all")
    assert references(first) == []
    assert "appears here" in first.body

    second = practice.browser.get(link(first, "Further back"))
    assert references(second) == [old.reference]
    third = practice.browser.get(link(practice.browser.get(link(second, "Further back")), "Further back"))
    assert ">Further back</a>" not in third.body


def test_what_is_past_its_time_is_in_no_list(practice: Practice) -> None:
    practice.got(expires_at=int(NOW) - 1)
    practice.got(expires_at=int(NOW) - 1, does=practice.booked)

    for name in ("answered", "kept-back", "all"):
        assert references(practice.shows(f"/inbox/{name}")) == []


def test_a_cursor_is_good_in_its_list_alone(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "PAGE", 1)
    monkeypatch.setattr(past, "_AT_ONCE", 2)
    newest, older = practice.got(NOW - 1000, does=practice.booked), practice.got(NOW - 2000, does=practice.booked)
    address = link(practice.shows("/inbox/all"), "Further back")
    assert references(practice.browser.get(address)) == [older.reference]
    cursor = address.partition("cursor=")[2]
    wrong = [
        f"/inbox/answered?cursor={cursor}",
        f"/inbox/all?language=es&cursor={cursor}",
        f"/inbox/all?cursor={cursor[:-2]}",
        f"/inbox/all?cursor={quote(timestamp(NOW - 1500))}",
        "/inbox/all?cursor=%00",
        "/inbox/all?cursor=.",
    ]

    for each in wrong:
        shown = practice.browser.get(each)
        assert shown.status == 200
        assert references(shown) == [newest.reference]
        assert "This is the beginning of the list." in shown.body


# ---- what it costs


def test_what_the_lists_read_does_not_grow_with_what_is_stored(practice: Practice) -> None:
    """Ten answered enquiries or a thousand: the same calls, for the same items."""
    for number in range(3):
        practice.got(NOW - 1000 - number, answer_by=in_hours(1))
    for number in range(10):
        practice.got(NOW - 40 * SECONDS_PER_DAY - number, does=practice.booked)
    practice.shows()  # the first page of all reads the closures too, which then hold for most of a minute
    with_ten = {path: cost(practice, path) for path in ("/inbox", "/inbox/all", "/inbox/answered")}

    practice.got_many(990, NOW - 41 * SECONDS_PER_DAY, does=practice.booked)

    assert cost(practice, "/inbox") == with_ten["/inbox"]
    for path in ("/inbox/all", "/inbox/answered"):
        calls, items = cost(practice, path)
        assert calls <= with_ten[path][0] + 2
        assert items <= 250  # two hundred places, and the fifty enquiries at the first of them that are wanted


def cost(practice: Practice, path: str) -> tuple[int, int]:
    """How many calls a page makes, and how many items they read."""
    calls: list[int] = []

    def count(http_response: Any, parsed: Mapping[str, Any], **_: Any) -> None:
        found = parsed.get("Items", parsed.get("Responses", {}))
        calls.append(sum(map(len, found.values())) if isinstance(found, dict) else len(found))

    with practice.stack.environment_of("inbox"):
        events = app.wiring.dynamodb.meta.events
    events.register("after-call.dynamodb", count)
    try:
        practice.shows(path)
    finally:
        events.unregister("after-call.dynamodb", count)
    return len(calls), sum(calls)


def test_a_page_with_two_hundred_open_enquiries_is_small(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "OPEN_PAGE", 200)
    for number in range(200):
        practice.got(
            NOW - number * 977,
            name=f"{chr(65 + number % 26)}{'aeiou'[number % 5]}{'lmnrst'[number % 6]}a Person",
            phone=f"+1602{number * 7919 % 9_000_000 + 1_000_000}",
            answer_by=timestamp(NOW + (number * 1237) % 90_000 - 20_000),
            locale=("es", "en", "fr", "ar", "zh-Hant")[number % 5],
        )

    shown = practice.shows()

    assert len(references(shown)) == 200
    assert len(compress(shown.body.encode())) < 30_000


# ---- what visitors may write


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "template": "{{ 7 * 7 }}{% raw %}",
    "override": "Ana \u202egnp.exe",
    "emoji": "👩‍⚕️" * 20,
    "long": "W" * 80,
    "arabic": "فاطمة الزهراء",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_what_a_visitor_wrote_stands_by_itself_and_does_nothing(practice: Practice, name: str) -> None:
    lead = practice.got(name=name, article=name, locale=name, preferred_contact=name, preferred_time=name)

    body = practice.shows().body

    assert "<script>alert" not in body
    assert 'onmouseover="alert' not in body
    assert "49" not in row(practice.shows(), lead) or name != HOSTILE["template"]
    shown = re.search(rf'href="/inbox/leads/{lead.id}"><bdi>(.*?)</bdi></a>', body)
    assert shown
    assert unescape(shown[1]) in name


# ---- every language


@pytest.mark.parametrize("locale", SITE_LOCALES)
def test_every_page_is_there_in_every_language(practice: Practice, task_root: Path, locale: str) -> None:
    ways: dict[str, Callable[[Lead], Lead | None]] = {
        "open": lambda lead: delivered(lead, timestamp(NOW)),
        "lost": lambda lead: bounced(lead, timestamp(NOW), "Permanent General 5.1.1"),
        "again": lambda lead: with_outcome(lead, "left_message", NOW - 60, "a@example.com", int(NOW - 30)),
        "done": practice.booked,
    }
    for does in ways.values():
        practice.got(does=does, earlier=("f" * 32,), replaces="7KQM-4TWX")
    practice.got(NOW - 400 * SECONDS_PER_DAY, expires_at=int(NOW) + 9, answer_by=None)
    practice.got(spam_reasons=(HONEYPOT,))
    spoken = replace(read_compiled(), language=locale)
    with practice.stack.environment_of("inbox"):
        app.wiring.pages = Pages(task_root / "compiled" / FOLDER, spoken, read_mail_parts())
    say = translations(locale).gettext

    pages = [practice.shows(path) for path in ("/inbox", *(f"/inbox/{name}" for name in lists.DAY_LISTS), "/inbox/csv")]
    pages.append(practice.browser.post("/inbox/search", text="ruiz"))

    titles = ("Open enquiries", "Answered enquiries", "Kept back", "All enquiries", "A month as a file", "Search")
    for shown, title in zip(pages, titles, strict=True):
        assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}">' in shown.body
        assert f"<h1>{say(title)}</h1>" in shown.body
        assert "%(" not in shown.body
