"""The promise on the page after the form: what `leads` promises is shown, and nothing else is."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from functions.content import routes
from infra.site.outputs.promises import open_times
from infra.site.sources.practice_file import load
from infra.site.sources.zone import locked_zone
from shared.opening_hours import TIME_IN_ADDRESS, OpeningHours
from shared.time_zone import DAY, TimeZone
from tests.sample import TODAY, Sample, write_sample

pytestmark = pytest.mark.long

PAGE = "/en/thank-you/BCDF-2345"
NOW = datetime(2026, 12, 1, 0, 0, tzinfo=locked_zone("America/Phoenix")).timestamp()
# Nobody has such hours, and clocks change in the middle of them.
ALL_NIGHT = """
[[hours]]
days = ["Saturday", "Sunday"]
opens = "00:15"
closes = "05:50"
"""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """What time it is for the content function."""
    return lambda now: monkeypatch.setattr(routes, "time", lambda: now)


def shown(sample: Sample, path: str) -> str | None:
    response = sample.get(path)
    assert response.status == 200
    found = re.search(r'<p class="promise">(.*?)</p>', response.body.decode())
    return found and found[1]


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "The practice will contact you by <strong>Tuesday, December 1, 12:00\u202fPM, Phoenix time</strong>."),
        (
            "es",
            "[es] The practice will contact you by <strong>[es] martes, 1 de diciembre, 12:00\u202fp.m., Phoenix time",
        ),
        ("ar", "[ar] The practice will contact you by <strong>[ar] الثلاثاء، 1 ديسمبر، 12:00 م, فينكس time"),
    ],
)
def test_the_page_says_the_promise_in_its_language(
    compiled: Sample, at: Callable[[float], None], locale: str, sentence: str
) -> None:
    at(NOW)

    assert (shown(compiled, f"/{locale}/thank-you/BCDF-2345/2026-12-01T1200") or "").startswith(sentence)


def test_without_a_time_there_is_no_promise(compiled: Sample, at: Callable[[float], None]) -> None:
    at(NOW)

    assert shown(compiled, PAGE) is None


@pytest.mark.parametrize(
    "time",
    [
        pytest.param("2026-12-01T1201", id="off the half hour"),
        pytest.param("2026-12-01T0800", id="when it opens"),
        pytest.param("2026-12-01T1830", id="after it has closed"),
        pytest.param("2026-12-04T1330", id="after it has closed on a Friday"),
        pytest.param("2026-12-06T1200", id="on a Sunday"),
        pytest.param("2026-12-25T1200", id="on a closed day"),
        pytest.param("2027-01-05T1200", id="weeks from now"),
        pytest.param("2026-11-16T1200", id="weeks ago"),
        pytest.param("1926-12-01T1200", id="a hundred years ago"),
        pytest.param("2026-11-31T1200", id="on a day that does not exist"),
        pytest.param("2026-13-01T1200", id="in a month that does not exist"),
        pytest.param("0000-00-00T0000", id="at no time"),
        pytest.param("9999-99-99T9999", id="at nines"),
    ],
)
def test_a_forged_time_shows_no_promise(compiled: Sample, at: Callable[[float], None], time: str) -> None:
    at(NOW)

    assert shown(compiled, f"{PAGE}/{time}") is None


def test_a_promise_can_be_looked_up_for_some_days(compiled: Sample, at: Callable[[float], None]) -> None:
    at(NOW + 5 * DAY)

    assert shown(compiled, f"{PAGE}/2026-12-01T1200")


def test_other_hours_on_a_date_count(compiled: Sample, at: Callable[[float], None]) -> None:
    at(NOW + 20 * DAY)

    assert shown(compiled, f"{PAGE}/2026-12-24T1200")
    assert shown(compiled, f"{PAGE}/2026-12-24T1230") is None


@pytest.mark.parametrize("time", ["2026-12-01t1200", "20261201T1200", "2026-12-01T12:00", "2026-12-01T1200)."])
def test_another_spelling_of_the_time_leads_to_the_one(compiled: Sample, time: str) -> None:
    response = compiled.get(f"{PAGE}/{time}")

    assert (response.status, response.headers["location"]) == (308, f"{PAGE}/2026-12-01T1200")


@pytest.mark.parametrize("time", ["tomorrow", "2026-12-01", "٢٠٢٦-12-01T1200", "x"])
def test_what_is_no_time_leads_to_the_page_without(compiled: Sample, time: str) -> None:
    response = compiled.get(f"{PAGE}/{time}")

    assert (response.status, response.headers["location"]) == (308, PAGE)


def test_a_page_with_a_promise_is_kept_by_nobody(compiled: Sample, at: Callable[[float], None]) -> None:
    at(NOW)
    with_promise, without = compiled.get(f"{PAGE}/2026-12-01T1200"), compiled.get(PAGE)

    assert with_promise.headers == without.headers
    assert with_promise.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("America/Phoenix", ""),
        ("America/New_York", ALL_NIGHT),
        ("Australia/Lord_Howe", ALL_NIGHT),
        ("Pacific/Kiritimati", ALL_NIGHT),
    ],
)
def test_whatever_can_be_promised_is_shown(
    tmp_path: Path, catalogues: Path, at: Callable[[float], None], zone: str, hours: str
) -> None:
    # given a practice, from a month before today to a year after
    sample = write_sample(tmp_path, catalogues)
    practice = sample.sources.practice
    source = practice.read_text(encoding="utf-8").replace("America/Phoenix", zone)
    practice.write_text(source + hours, encoding="utf-8")
    sample.compile()
    opening_hours = OpeningHours.of(load(practice))
    start = int(datetime(2026, 11, 20, 0, 7, tzinfo=locked_zone(zone)).timestamp())

    for moment in range(start, start + 400 * DAY, 7 * 3600 + 41 * 60):
        promised = opening_hours.answer_by(moment)
        if promised is None:
            continue
        at(moment)
        local = datetime.fromtimestamp(promised, locked_zone(zone))
        page = f"{PAGE}/{opening_hours.zone.time(promised):{TIME_IN_ADDRESS}}"
        day = f"{local:%A}, {local:%B} {local.day}, {local:%I}".replace(" 0", " ")
        assert f"{day}:{local:%M}\u202f{local:%p}" in (shown(sample, page) or ""), page


@pytest.mark.parametrize(
    ("opens", "closes", "times"),
    [
        (8, 19, ["morning", "afternoon", "evening"]),
        (8, 18, ["morning", "afternoon"]),
        (8, 12, ["morning"]),
        (12, 18, ["afternoon"]),
        (18, 21, ["evening"]),
    ],
)
def test_only_times_of_the_day_at_which_it_is_open_can_be_chosen(opens: int, closes: int, times: list[str]) -> None:
    week = [[(opens * 3600, closes * 3600)], [], [], [], [], [], []]

    hours = OpeningHours(TimeZone(((0, 0),)), week, {}, answer_within=3600, remind_after=(0,))

    assert open_times(hours) == times


def test_the_form_offers_no_time_at_which_the_practice_is_closed(sample: Sample) -> None:
    practice = sample.sources.practice
    practice.write_text(practice.read_text(encoding="utf-8").replace('"18:00"', '"17:00"'), encoding="utf-8")
    sample.compile()

    page = sample.get("/en/articles/needles").body.decode()
    options = re.findall(r'<option value="(\w+)"', page.partition('name="preferred_time"')[2])

    assert options == ["any", "morning", "afternoon"]


def test_dates_that_are_past_are_on_no_page(sample: Sample) -> None:
    sample.compile(today=date(2026, 12, 26))
    later = sample.get("/en/articles/needles").body.decode()
    sample.compile(today=TODAY)
    now = sample.get("/en/articles/needles").body.decode()

    closed = str((date(2026, 12, 25) - date(1970, 1, 1)) // timedelta(days=1))
    assert f'"{closed}"' in now
    assert f'"{closed}"' not in later
