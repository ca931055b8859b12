"""The practice file: what is wrong with it is said by field."""

import re
from pathlib import Path

import pytest

from infra.site.errors import ContentError
from infra.site.sources.practice_file import load, read_file
from shared.practice import Closure
from tests.practice import PRACTICE_FILE, write_full_practice

SOURCE = PRACTICE_FILE.read_text(encoding="utf-8")


def test_a_practitioner_may_say_more_and_need_not(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    path.write_text(SOURCE.replace("[address]", 'license_number = "DC-12345"\n[address]'), encoding="utf-8")

    person = read_file(path).practitioner

    assert person.license_number == "DC-12345"
    assert (person.degree, person.board_certification, person.needling_training) == (None, None, None)


ORIGINS = {
    "*": "no wildcard",
    "https://*.clinic.test": "no wildcard",
    "http://www.clinic.test": "begins with https://",
    "www.clinic.test": "begins with https://",
    "https://www.clinic.test/": "without a slash after them",
    "https://www.clinic.test/page": "scheme, host and port alone",
    "https://www.clinic.test?": "scheme, host and port alone",
    "https://me@clinic.test": "scheme, host and port alone",
    "https://WWW.clinic.test": "in small letters",
    "https://klinik-müller.test": "as xn--",
    "https://www.clinic.test:443": "leave out the port 443",
    "https://www.clinic.test:": "like https://example.com",
    "https://www.clinic.test:0": "like https://example.com",
    "https://192.0.2.1": "like https://example.com",
    "https://localhost": "like https://example.com",
    "https://clinic..test": "like https://example.com",
    "https://": "like https://example.com",
    "null": "begins with https://",
    "": "begins with https://",
}


def _origins(*origins: str) -> tuple[str, str]:
    """A line of the file, and it with these after it."""
    line = 'language = "en"'
    return line, f"{line}\nallowed_origins = [{', '.join(f'"{each}"' for each in origins)}]"


def test_other_websites_are_known_by_their_origins(tmp_path: Path) -> None:
    path, others = (
        tmp_path / "practice.toml",
        ("https://www.clinic.test", "https://clinic.test:8443", "https://a.xn--p1ai"),
    )
    path.write_text(SOURCE.replace(*_origins(*others)), encoding="utf-8")

    assert load(path).allowed_origins == others
    assert load(PRACTICE_FILE).allowed_origins == ()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        *(
            (*_origins("https://a.test", origin), rf"allowed_origins\.1: {re.escape(repr(origin))}: .*{what}")
            for origin, what in ORIGINS.items()
        ),
        (*_origins("https://a.test", "https://a.test"), "allowed_origins: 'https://a.test' is named twice"),
        (*_origins("https://www.example.com"), "allowed_origins: the pages' own origin needs no leave"),
        ('phone = "+16025550187"', 'phone = "602 555 0142"', "phone: '602 555 0142' should look like '.16025550142'"),
        ('opens = "08:00"', 'opens = "8:00"', r"hours\.0\.opens"),
        ('closes = "13:00"', 'closes = "07:00"', r"hours\.1\.closes: 07:00, which is not after it opens at 08:00"),
        ('"Friday"', '"Fryday"', r"hours\.1\.days\.0"),
        ('name = "Rosa Quill"', 'name = ""', r"practitioner\.name"),
        ('locality = "Phoenix"', 'locale = "Phoenix"', r"address\.locality"),
        ('country = "US"', 'country = "XX"', r"address\.country: 'XX' is no country"),
        ('time_zone = "America/Phoenix"', 'time_zone = "Phoenix"', "time_zone: 'Phoenix' is no zone"),
        ('language = "en"', 'language = "de"', "language: 'de' is not among locales"),
        ('emergency_number = "911"', "emergency_number = 911", "emergency_number"),
        ('origin = "https://www.example.com"', 'origin = "www.example.com/"', "origin"),
        ('region = "US-AZ"', 'region = "Arizona"', "region"),
        ("[address]", 'license_number = "no. 5?"\n[address]', "practitioner.license_number: 'no. 5.' should look like"),
        ("[address]", "license_number = 12345\n[address]", "practitioner.license_number: .*string"),
        ("[address]", 'degree = ""\n[address]', "practitioner.degree: '' should look like"),
        ("[address]", 'board_certification = ["A"]\n[address]', "practitioner.board_certification"),
        ("[address]", "needling_training = 54\n[address]", "practitioner.needling_training: .*string"),
        ("[address]", 'licence_number = "DC-1"\n[address]', "practitioner.licence_number: .*not permitted"),
        ("name = ", "nmae = ", "nmae: .*not permitted"),
        ("[practitioner]", "[practitioner", "practice.toml: .*line"),
        ('locales = ["en", "es", "ar"]', "locales = []", "locales: .*at least 1"),
        ('"es", "ar"', '"es", "es"', "locales: a locale is named twice"),
        (
            'closes = "13:00"',
            'closes = "02:00"',
            r"hours\.1\.closes: 02:00, .*; hours end on the day",
        ),
        ('closes = "13:00"', 'closes = "24:00"', r"hours\.1\.closes: '24:00' should look like"),
        ('days = ["Friday"]', 'days = ["Thursday"]', "hours: on Thursday, 08:00 to 18:00 and 08:00 to 13:00 overlap"),
        ("answer_within = 4", "answer_within = 0", "answer_within: .*greater than 0"),
        ("answer_within = 4", 'answer_within = "soon"', "answer_within: .*number"),
        ("keep_days = 365", "keep_days = 29", "keep_days: .*greater than or equal to 30"),
        ("keep_days = 365", "keep_days = 90.5", "keep_days: .*integer"),
        ("[0, 4, 8]", "[0, 8, 4]", "remind_after: each reminder comes after the one before it"),
        ("[0, 4, 8]", "[]", "remind_after: .*at least 1"),
        ("[0, 4, 8]", "[-1]", r"remind_after\.0: .*greater than or equal to 0"),
        ("[2026-12-25,", "[2026-02-29,", "practice.toml: .*"),
        ("[2026-12-25,", '["Christmas",', r"closed\.0: "),
        ("first = 2027-12-24, last", "last", r"closed\.1\.first: .*required"),
        ("last = 2027-12-31", "last = 2027-12-13", r"closed\.1\.last: 2027-12-13 is before the first day, 2027-12-24"),
        ("closed = [2026-12-25,", "closed = [2026-12-24,", "special_hours: 2026-12-24 is among the closed days"),
        ("date = 2026-12-24", 'date = "Christmas"', r"special_hours\.0\.date: "),
    ],
)
def test_a_fault_is_named_by_file_and_field(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in SOURCE
    path = tmp_path / "practice.toml"
    path.write_text(SOURCE.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ContentError, match=fault) as error:
        load(path)

    assert str(path) in str(error.value)


def test_the_document_gives_everything_that_a_practice_may_say(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    write_full_practice(path)

    file = read_file(path)

    for table in (
        file,
        file.visit,
        file.practitioner,
        file.practitioner.credentials[0],
        file.access,
        *file.access.transit,
    ):
        assert table.model_fields_set == set(type(table).model_fields)


def test_two_windows_of_a_day_may_touch(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    again = '[[special_hours]]\ndate = 2026-12-24\nopens = "12:00"\ncloses = "13:00"\n'
    path.write_text(f"{SOURCE}\n{again}", encoding="utf-8")

    assert [each.opens for each in load(path).special_hours] == ["08:00", "12:00"]


def test_what_is_left_out_has_a_usual_value(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    kept = SOURCE.split("[[special_hours]]")[0].splitlines()
    names = ("answer_within", "remind_after", "closed")
    path.write_text("\n".join(line for line in kept if not line.startswith(names)), encoding="utf-8")

    practice = load(path)

    assert (practice.answer_within, practice.remind_after) == (4, (0, 4, 8))
    assert (practice.closed, practice.special_hours) == ((), ())


def test_a_day_and_days_in_a_row_are_closed() -> None:
    assert load(PRACTICE_FILE).closed == (Closure("2026-12-25", "2026-12-25"), Closure("2027-12-24", "2027-12-31"))
