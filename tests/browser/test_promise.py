"""The promise: at the form before sending, and on the page that says thank you."""

import random
import re
from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.stack import LocalStack
from infra.site.outputs.promises import dated_hours, usual_hours
from infra.site.sources.zone import utc_offsets
from shared.opening_hours import OpeningHours, Windows
from shared.time_zone import DAY, TimeZone
from tests.browser.enquiry import leads, write_well
from tests.browser.pages import landing
from tests.browser.visitor import Visitor, Visits

PLACE = "[data-promise]"
HOUR = 3600
BEFORE = "If you send this now, the practice will contact you by "
ZONES = ["America/Phoenix", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Kiritimati"]
FIRST_DAY = date(2026, 1, 1)
_COMPUTE = """async cases => {
  const { answerBy } = await import(document.querySelector('script[src*="/promise."]').src);
  return cases.map(([start, hours]) => answerBy(start, hours) ?? null);
}"""


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    """Somebody on the English landing page, in the practice's own time zone."""
    return visit(timezone_id="America/Phoenix").opens(landing("en"))


def some_windows(chance: random.Random) -> Windows:
    ends = sorted(chance.sample(range(1440), chance.choice((0, 2, 2, 4))))
    return [(opens * 60, closes * 60) for opens, closes in zip(ends[::2], ends[1::2], strict=True)]


def some_hours(chance: random.Random) -> tuple[OpeningHours, int]:
    """Opening hours, and a time to ask at, often near a change of the clock."""
    zone = TimeZone(utc_offsets(chance.choice(ZONES)))
    changes = [start for start, _ in zone.utc_offsets if start > day_start(FIRST_DAY)][:8] or [day_start(FIRST_DAY)]
    near = chance.choice(changes) - chance.randrange(-DAY, 2 * DAY)
    start = max(near, day_start(FIRST_DAY))
    dates = {start // DAY + chance.randrange(20): some_windows(chance) for _ in range(chance.randrange(8))}
    week = [some_windows(chance) for _ in range(7)] if chance.random() < 0.9 else [[]] * 7
    within = 60 * chance.randrange(1, 1200)
    hours = OpeningHours(zone, week, dates, answer_within=within, remind_after=(0,))
    hours.closures = {
        start // DAY + chance.randrange(20): 1800 * chance.randrange(48) for _ in range(chance.randrange(6))
    }
    return hours, start


def day_start(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY


def test_the_script_promises_what_the_server_does(visitor: Visitor) -> None:
    chance = random.Random(20261128)
    asked = [some_hours(chance) for _ in range(2000)]

    cases = [
        (start + chance.random(), {**usual_hours(hours), **dated_hours(hours, FIRST_DAY), "closed": hours.closures})
        for hours, start in asked
    ]
    computed = visitor.page.evaluate(_COMPUTE, cases)

    expected = [hours.answer_by(start) for (start, _), (hours, _) in zip(cases, asked, strict=True)]
    assert computed == expected
    assert expected.count(None) > 20
    assert len(set(expected)) > 1000


def said(text: str | None, before: str, after: str) -> str:
    assert text
    assert text.startswith(before)
    assert text.endswith(after)
    return text.removeprefix(before).removesuffix(after)


def test_the_form_says_before_what_the_page_says_afterwards(site: LocalStack, visitor: Visitor) -> None:
    # Whole minutes pass between the two; a half hour that ends just then is another promise.
    page = visitor.page
    write_well(page, name="Promise before")
    before = said(page.locator(PLACE).text_content(), BEFORE, ".")

    visitor.sends()

    after = said(page.locator(".promise").text_content(), "The practice will contact you by ", ", Phoenix time.")
    assert before == after or retold(page) == after
    (lead,) = leads(site, "Promise before")
    assert lead["answer_by"]
    assert visitor.complaints == []


def retold(page: Any) -> str:
    """What the form says now."""
    page.goto(landing("en"))
    text: str | None = page.locator(PLACE).text_content()
    return said(text, BEFORE, ".")


@pytest.mark.parametrize(
    ("locale", "ending"),
    [
        ("en", ", Phoenix time."),
        ("es", " (hora de Phoenix)."),
        ("fr", " (heure de Phoenix)."),
        ("zh-Hant", "（鳳凰城時間）前與您聯絡。"),
        ("ar", " (بتوقيت فينكس)."),
    ],
)
def test_whose_clock_shows_another_time_is_told_whose_time_it_is(visit: Visits, locale: str, ending: str) -> None:
    page = visit(timezone_id="Asia/Tokyo", locale=locale).opens(landing(locale)).page

    assert (page.locator(PLACE).text_content() or "").endswith(ending)


def test_the_promise_at_the_form_keeps_up_with_the_time(visit: Visits) -> None:
    visitor = visit(timezone_id="America/Phoenix")
    visitor.page.clock.install(time="2026-12-01T16:45:00-07:00")
    place = visitor.opens(landing("en")).page.locator(PLACE)
    expect(place).to_have_text(
        "If you send this now, the practice will contact you by Wednesday, December 2, 11:00\u202fAM."
    )

    visitor.page.clock.fast_forward("20:00")

    expect(place).to_have_text(
        "If you send this now, the practice will contact you by Wednesday, December 2, 11:30\u202fAM."
    )


def test_a_day_that_the_practice_has_closed_is_known_before_anything_can_be_sent(visit: Visits) -> None:
    visitor = visit(timezone_id="America/Phoenix")
    page = visitor.page
    page.clock.install(time="2026-12-01T09:50:00-07:00")  # and goes on while the page loads
    closed = "2026-12-01T10:00, 2026-12-02T00:00"
    page.route("**/api/leads?*", lambda route: route.fulfill(status=204, headers={"closed-from": closed}))
    place = visitor.opens(landing("en")).page.locator(PLACE)
    expect(place).to_have_text(f"{BEFORE}Tuesday, December 1, 2:00\u202fPM.")

    page.locator("#field-name").focus()

    expect(place).to_have_text(f"{BEFORE}Thursday, December 3, 12:00\u202fPM.")


# ---- Whether the practice is open


LUNCH: list[list[tuple[int, int]]] = [[(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR), (17 * HOUR, 18 * HOUR)]] * 5 + [
    [],
    [],
]
TUESDAY = "2026-12-01T"
_OPENNESS = """async cases => {
  const { openness } = await import(document.querySelector('script[src*="/promise."]').src);
  const { texts: { promise } } = document.querySelector('#words');
  const dated = JSON.parse(document.querySelector('#timetable').textContent);
  return cases.map(([start, hours]) => openness(start, { ...promise, ...dated, ...hours }));
}"""


def test_the_page_says_whether_the_practice_is_open_and_until_when(visitor: Visitor) -> None:
    christmas: dict[int, Windows] = {(date(2026, 12, day) - date(1970, 1, 1)).days: [] for day in range(2, 9)}
    closed = {(date(2026, 12, 1) - date(1970, 1, 1)).days: 10 * HOUR}
    said = {
        "07:59": "Closed until 8:00\u202fAM",
        "08:00": "Open until 12:00\u202fPM",
        "12:30": "Closed until 1:00\u202fPM",
        # Where one window begins as another ends, it stays open.
        "13:00": "Open until 6:00\u202fPM",
        "18:00": "Closed until Wednesday, 8:00\u202fAM",
    }
    cases: list[tuple[str, dict[str, Any]]] = [(clock, {"week": LUNCH}) for clock in said]
    cases += [
        ("18:00", {"week": LUNCH, "dates": christmas}),
        ("09:00", {"week": LUNCH, "closed": closed}),
        ("10:00", {"week": LUNCH, "closed": closed}),
        ("09:00", {"week": [[]] * 7, "dates": {}}),
    ]

    found = visitor.page.evaluate(
        _OPENNESS, [(datetime.fromisoformat(f"{TUESDAY}{clock}-07:00").timestamp(), hours) for clock, hours in cases]
    )

    assert found == [
        *said.values(),
        "Closed until Wednesday, December 9, 8:00\u202fAM",
        "Open until 10:00\u202fAM",
        "Closed until Wednesday, 8:00\u202fAM",
        "We are closed now",
    ]


@pytest.mark.parametrize("path", [landing("en"), "/en/", "/en/thank-you/BCDF-2345"])
def test_it_is_said_beside_the_number_and_keeps_up_with_the_time(visit: Visits, path: str) -> None:
    visitor = visit(timezone_id="America/Phoenix")
    visitor.page.clock.install(time=f"{TUESDAY}17:45:00-07:00")
    heading = visitor.opens(path).page.locator("[data-open]").first
    expect(heading).to_have_text("Open until 6:00\u202fPM")

    visitor.page.clock.fast_forward("20:00")

    expect(heading).to_have_text("Closed until Wednesday, 8:00\u202fAM")


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ("17:45", "Open until 6:00\u202fPM, Phoenix time"),
        ("18:45", "Closed until Wednesday, 8:00\u202fAM, Phoenix time"),
    ],
)
def test_whose_clock_shows_another_time_is_told_whose_opening_hours_it_is(visit: Visits, clock: str, said: str) -> None:
    visitor = visit(timezone_id="Asia/Tokyo")
    visitor.page.clock.install(time=f"{TUESDAY}{clock}:00-07:00")

    expect(visitor.opens("/en/").page.locator("[data-open]")).to_have_text(said)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", [landing("fr"), "/fr/"])
def test_nothing_on_the_page_moves_when_it_is_said(visit: Visits, path: str, width: int) -> None:
    visitor = visit(timezone_id="America/Phoenix", locale="fr")
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 844})
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver(all => { for (const each of all.getEntries()) window.moved += each.value; })
          .observe({ type: "layout-shift", buffered: true });"""
    )

    visitor.opens(path)

    expect(page.locator("[data-open]").first).to_have_text(re.compile("Ouvert|Fermé|Nous"))
    assert page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(() => done(moved), 100)))") == 0


def test_without_a_script_nothing_is_promised_at_the_form(visit: Visits) -> None:
    page = visit(java_script_enabled=False).opens(landing("en")).page

    expect(page.locator(PLACE)).to_be_hidden()
    expect(page.locator(PLACE)).to_be_empty()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_form_without_a_script_leads_to_the_promise_too(visit: Visits, locale: str) -> None:
    visitor = visit(java_script_enabled=False).opens(landing(locale))
    write_well(visitor.page, name=f"Promise plain {locale}")

    visitor.sends()

    expect(visitor.page.locator(".promise")).to_be_visible()
