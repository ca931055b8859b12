"""The practice file: what is wrong with it is said by field."""

from pathlib import Path

import pytest

from infra.site.errors import ContentError
from infra.site.sources.practice_file import load
from tests.practice import PRACTICE_FILE

SOURCE = PRACTICE_FILE.read_text(encoding="utf-8")


def test_a_practitioner_may_say_more_and_need_not(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    path.write_text(SOURCE.replace("[address]", 'license_number = "DC-12345"\n[address]'), encoding="utf-8")

    person = load(path).practitioner

    assert person.license_number == "DC-12345"
    assert (person.degree, person.board_certification, person.needling_training) == (None, None, None)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
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
    ],
)
def test_a_fault_is_named_by_file_and_field(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in SOURCE
    path = tmp_path / "practice.toml"
    path.write_text(SOURCE.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ContentError, match=fault) as error:
        load(path)

    assert str(path) in str(error.value)
