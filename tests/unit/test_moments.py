"""Dates and times as each language writes them, without a library where they are written."""

from gettext import NullTranslations

import pytest

from infra.site.languages.localize import Localizer
from infra.site.languages.message_files import LOCALES, read, translations
from shared import moments


def words(locale: str, time_zone: str = "America/Phoenix") -> moments.Words:
    catalogue = NullTranslations() if locale in ("en", "de", "sw") else translations(read(LOCALES, locale))
    return Localizer(locale, catalogue, "US").moment_words(time_zone)


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", "Tuesday, December 1, 2:03\u202fPM, Phoenix time"),
        ("es", "martes, 1 de diciembre, 2:03\u202fp.m. (hora de Phoenix)"),
        ("fr", "mardi 1 décembre, 14:03 (heure de Phoenix)"),
        ("zh-Hant", "12月1日 星期二 下午2:03（鳳凰城時間）"),
        ("ar", "الثلاثاء، 1 ديسمبر، 2:03 م (بتوقيت فينكس)"),
    ],
)
def test_a_moment_is_written_as_its_language_writes_it(locale: str, shown: str) -> None:
    known = words(locale)

    moment = moments.joined(known, moments.day(known, 12, 1, weekday=1), moments.clock(known, 14, 3))

    assert moments.zoned(known, moment) == shown


@pytest.mark.parametrize(("locale", "shown"), [("de", "Sonntag, 29. Februar"), ("sw", "Jumapili, 29 Februari")])
def test_a_language_that_is_new_needs_nothing_but_cldr(locale: str, shown: str) -> None:
    assert moments.day(words(locale), 2, 29, weekday=6) == shown


@pytest.mark.parametrize(
    ("locale", "hour", "shown"), [("en", 0, "12:30\u202fAM"), ("zh-Hant", 0, "凌晨12:30"), ("fr", 0, "00:30")]
)
def test_half_past_midnight_is_no_midnight(locale: str, hour: int, shown: str) -> None:
    assert moments.clock(words(locale), hour, 30) == shown
