"""Times as people say them who think of them now."""

import pytest

from functions.inbox.near_times import NearTimes
from infra.site.languages.localize import Localizer
from infra.site.languages.message_files import LOCALES, read, translations
from shared.lead import seconds
from shared.messages import SOURCE_LOCALE
from shared.time_zone import TimeZone

# A Sunday.
NOW = seconds("2026-11-29T18:00:00.000Z")


def near(locale: str, time: str) -> str:
    catalogue = translations(read(LOCALES, locale) if locale != SOURCE_LOCALE else None)
    localizer = Localizer(locale, catalogue)
    words = localizer.moment_words("Etc/UTC")
    return NearTimes(words, [], localizer.dates_with_year(), TimeZone(((0, 0),)), catalogue.gettext).near(time, NOW)


@pytest.mark.parametrize(
    ("locale", "past", "coming"),
    [
        ("en", "Thursday, November 26, 9:00\u202fAM", "Thursday, 9:00\u202fAM"),
        ("es", "jueves, 26 de noviembre, 9:00", "jueves, 9:00"),
        ("fr", "jeudi 26 novembre, 09:00", "jeudi, 09:00"),
        ("ar", "الخميس، 26 نوفمبر، 9:00 ص", "الخميس، 9:00 ص"),
        ("zh-Hant", "11月26日 星期四 上午9:00", "星期四 上午9:00"),
    ],
)
def test_a_weekday_alone_is_the_one_that_comes(locale: str, past: str, coming: str) -> None:
    assert near(locale, "2026-11-26T09:00:00.000Z") == past
    assert near(locale, "2026-12-03T09:00:00.000Z") == coming


def test_the_days_around_today_have_names() -> None:
    days = [near("en", f"2026-11-{day}T18:00:00.000Z").partition(",")[0] for day in (28, 29, 30)]

    assert days == ["yesterday", "today", "tomorrow"]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "November 20, 2027, 9:00\u202fAM"),
        ("es", "20 de noviembre de 2027, 9:00"),
        ("fr", "20 novembre 2027, 09:00"),
        ("ar", "20 نوفمبر 2027، 9:00 ص"),
        ("zh-Hant", "2027年11月20日 上午9:00"),
    ],
)
def test_a_date_of_another_year_is_written_out(locale: str, said: str) -> None:
    assert near(locale, "2027-11-20T09:00:00.000Z") == said
