"""What the packages hold for mails, and how a letterhead writes times."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.letterhead import read_mail_parts
from shared.mail import Mail, Row, Rows
from tests.mails import letterhead
from tests.sample import write_sample


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_language_is_known_once_the_practice_publishes_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogues = tmp_path / "catalogues"
    catalogues.mkdir()
    sample = write_sample(tmp_path, catalogues, locales=("en", "he", "sw"))

    sample.compile(drafts=True)

    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(sample.out))
    languages = read_mail_parts()["languages"]
    assert {tag: (each["name"], each["direction"]) for tag, each in languages.items()} == {
        "en": ("English", "ltr"),
        "he": ("Hebrew", "rtl"),
        "sw": ("Swahili", "ltr"),
    }


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-27T21:03", "Friday, 2:03\u202fPM"),
        ("2026-11-24T06:59", "Monday, November 23, 11:59\u202fPM"),  # Monday there, a week before
        ("2026-11-24T07:00", "Tuesday, 12:00\u202fAM"),
    ],
)
def test_a_weekday_is_enough_for_the_last_days_alone(moment: str, shown: str) -> None:
    assert letterhead().recent(at(moment), now=at("2026-11-30T16:00")) == shown


@pytest.mark.parametrize(("locale", "shown"), [("en", "a: "), ("fr", "a\u00a0: "), ("zh-Hant", "a：")])
def test_a_label_is_parted_from_its_value_as_the_language_does_it(locale: str, shown: str) -> None:
    assert letterhead(locale=locale).text(Mail("", (Rows((Row("a", "b"),)),))) == f"{shown}\u2068b\u2069\n"
