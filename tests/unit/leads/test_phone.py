"""Telephone numbers as people type and paste them."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.leads import phone
from functions.leads.codes import Fault


def dialled(typed: str, country: str = "US") -> str:
    """E.164, and after an x the extension."""
    return phone.read(typed, country).replace(";ext=", "x")


def refused(typed: str, country: str = "US") -> str:
    with pytest.raises(Fault) as reason:
        phone.read(typed, country)
    return reason.value.code


@pytest.mark.parametrize(
    "typed",
    [
        "6025550100",
        "(602) 555-0100",
        "602.555.0100",
        "602•555•0100",
        "602·555·0100",
        "602/555-0100",
        "602,555,0100",
        "602 5550100",
        "602555 0100",
        "6 0 2 5 5 5 0 1 0 0",
        "(602) 555–0100",
        "602‑555‑0100",
        "602\u202f555\u202f0100",
        "\u202a\u200e(602)\u00a0555-0100\u202c",
        "1-602-555-0100",
        "1602 555 0100",
        "1 (602) 555-0100",
        "+1 602 555 0100",
        "＋1 602 555 0100",
        "001 602 555 0100",
        "00 1 602 555 0100",
        "011 1 602 555 0100",
        "٦٠٢٥٥٥٠١٠٠",
        "۶۰۲ ۵۵۵ ۰۱۰۰",
        "६०२५५५०१००",
        "６０２－５５５－０１００",
        "6️⃣0️⃣2️⃣ 555 0100",
        # Words around it.
        "602-555-0100 (cell)",
        "602-555-0100 móvil",
        "cell: 602-555-0100",
        "Tel.: 602-555-0100",
        "Tél. : 602-555-0100",
        "tel:602-555-0100",
        "tel:+1-602-555-0100",
        "WhatsApp +1 602-555-0100",
        "手機：602-555-0100",
        "جوال: 602-555-0100",
        "📞 602-555-0100",
        "#602-555-0100",
        "602-555-0100.",
        "602-555-0100،",
        "My number is 602-555-0100, thank you",
        "602-555-0100-CELL",
    ],
)
def test_a_number_of_the_practices_country_is_understood_however_it_is_written(typed: str) -> None:
    assert dialled(typed) == "+16025550100"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1-800-FLOWERS", "+18003569377"), ("(602) 555-CALL", "+16025552255"), ("602-555-CALL x12", "+16025552255x12")],
)
def test_a_number_may_end_in_letters(typed: str, number: str) -> None:
    assert dialled(typed) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+34 612 34 56 78", "+34612345678"),
        ("+ 34 612 34 56 78", "+34612345678"),
        ("(+34) 612 34 56 78", "+34612345678"),
        ("++34 612345678", "+34612345678"),
        ("0034 612 34 56 78", "+34612345678"),
        ("(00 34) 612 345 678", "+34612345678"),
        ("+0034 612345678", "+34612345678"),
        ("٠٠٣٤٦١٢٣٤٥٦٧٨", "+34612345678"),
        ("011 34 612 34 56 78", "+34612345678"),
        ("+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧", "+966501234567"),
        ("966501234567+", "+966501234567"),
        ("+966 050 123 4567", "+966501234567"),
        ("+886 0912 345 678", "+886912345678"),
        ("+852 9123 4567", "+85291234567"),
        ("+33 06 12 34 56 78", "+33612345678"),
        ("+91 98765 43210", "+919876543210"),
        ("+86 138 0013 8000", "+8613800138000"),
        # A zero that is dialled at home alone.
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0044 (0) 20 7946 0958", "+442079460958"),
        ("+49 (0)30 123456", "+4930123456"),
        ("+34 (0)912 345 678", "+34912345678"),
        ("+39 (0)6 1234 5678", "+390612345678"),
        ("+7 (8) 912 123 45 67", "+79121234567"),
        # Mexico's prefixes, which ended in 2019.
        ("+52 55 1234 5678", "+525512345678"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+5215512345678", "+525512345678"),
        ("011 52 1 55 1234 5678", "+525512345678"),
        ("0052 1 55 1234 5678", "+525512345678"),
        ("+52 01 55 1234 5678", "+525512345678"),
        ("+52 (01) 55 1234 5678", "+525512345678"),
        ("+52 044 55 1234 5678", "+525512345678"),
        ("+52 045 55 1234 5678", "+525512345678"),
        ("\u202a+52\u202f1\u202f222\u202f123\u202f4567\u202c", "+522221234567"),
        # Argentina's mobiles.
        ("+54 9 11 1234-5678", "+5491112345678"),
        ("+54 11 15 1234-5678", "+5491112345678"),
        ("+54 9 11 15 1234-5678", "+5491112345678"),
        ("+54 351 15 123 4567", "+5493511234567"),
        ("+54 9 351 15 123 4567", "+5493511234567"),
        ("+54 9 2901 15 123456", "+5492901123456"),
    ],
)
def test_a_number_with_its_country_is_understood_in_old_spellings_too(typed: str, number: str) -> None:
    assert dialled(typed) == number


@pytest.mark.parametrize(
    "extension",
    [
        " x12",
        "x12",
        " X 12",
        " ext 12",
        " ext. 12",
        " Ext.: 12",
        " (ext. 12)",
        ", extension 12",
        " extensión 12",
        " anexo 12",
        " poste 12",
        ", poste 12",
        " 分機 12",
        "分機12",
        " 內線：12",
        " 轉12",
        " تحويلة 12",
        " تحويله ١٢",
        " #12",
        ",12",
        ",,12#",
        ";ext=12",
    ],
)
def test_an_extension_is_understood_in_the_languages_of_the_pages(extension: str) -> None:
    assert dialled(f"602-555-0100{extension}") == "+16025550100x12"
    assert dialled(f"+34 612 34 56 78{extension}") == "+34612345678x12"


@pytest.mark.parametrize(
    "typed",
    [
        # Placeholders.
        "000-000-0000",
        "111-111-1111",
        "123-456-7890",
        "1234567890",
        "+1 123 456 7890",
        "602-123-4567",
        "911-555-0100",
        # Numbers as they are written at home: France, Belgium, Switzerland, Morocco, Taiwan, ...
        "06 12 34 56 78",
        "0612345678",
        "0470 12 34 56",
        "044 668 18 00",
        "0661-234567",
        "0912 345 678",
        "0912-345-678",
        "050 123 4567",
        "٠٥٠ ١٢٣ ٤٥٦٧",
        "079 123 4567",
        "0412 345 678",
        "098765 43210",
        "98765 43210",
        "55 1234 5678",
        "33 1234 5678",
        "138 0013 8000",
        "139 2234 5678",
        "45 12 34 56 78",
        "9123 4567",
        "010-1234-5678",
        "090-1234-5678",
        "020 7946 0958",
        "(0)20 7946 0958",
        # With the country's code, and no sign of it.
        "52 1 55 1234 5678",
        "34 612 34 56 78",
        "886 912 345 678",
        "+999 1234 5678",
    ],
)
def test_what_is_no_number_of_the_practices_country_is_asked_for_with_its_own(typed: str) -> None:
    assert refused(typed) == "country_code_needed"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12", "not_a_phone_number"),
        ("911", "not_a_phone_number"),
        ("call me", "not_a_phone_number"),
        ("+", "not_a_phone_number"),
        ("555-0100", "not_a_phone_number"),
        ("1" * 30, "not_a_phone_number"),
        # A word beside the number, and not its end in letters: that would be another number.
        ("555-2100 cel", "not_a_phone_number"),
        ("602-555-0100 / 480-555-0199", "more_than_one"),
        ("602-555-0100, 480-555-0199", "more_than_one"),
        ("602-555-0100 or 480-555-0199", "more_than_one"),
        ("602-555-0100 o al 480-555-0199", "more_than_one"),
        ("6025550100 4805550199", "more_than_one"),
        ("602 555 0100; 480 555 0199", "more_than_one"),
        ("+1 602 555 0100 +34 612 34 56 78", "more_than_one"),
        ("9123 4567 / 9123 4568", "more_than_one"),
        ("602-555-0100 after 5pm", "more_than_one"),
        ("602-555-0100 ext 12 or 13", "more_than_one"),
    ],
)
def test_what_cannot_be_told_to_be_one_number_is_refused(typed: str, code: str) -> None:
    assert refused(typed) == code


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+1 602 555 0100", "FR", "+16025550100"),
        ("0176 1234567", "DE", "+491761234567"),
        ("416 555 0100", "CA", "+14165550100"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("011 15-1234-5678", "AR", "+5491112345678"),
        ("0912 345 678", "TW", "+886912345678"),
    ],
)
def test_a_practice_elsewhere_has_its_own_numbers(typed: str, country: str, number: str) -> None:
    assert dialled(typed, country) == number


@pytest.mark.parametrize(
    ("typed", "country"),
    [("602 555 0100", "FR"), ("00 1 123 456 7890", "FR"), ("06 12 34 56 78", "CA"), ("000-000-0000", "IT")],
)
def test_a_practice_elsewhere_asks_too(typed: str, country: str) -> None:
    assert refused(typed, country) == "country_code_needed"


@pytest.mark.parametrize(
    ("locale", "likely_region", "example"),
    [
        ("fr", "FR", "+33 6 12 34 56 78"),
        ("fr-CA", "CA", "+1 506-234-5678"),
        ("es", "ES", "+52 222 123 4567"),
        ("es-ES", "ES", "+34 612 34 56 78"),
        ("zh-Hant", "TW", "+886 912 345 678"),
        ("ar", "EG", "+966 51 234 5678"),
        ("en", "US", "+1 201-555-0123"),
        ("ko", "KR", "+82 10-2000-0000"),
        ("eo", "001", None),
    ],
)
def test_readers_are_shown_a_number_from_where_they_are_at_home(
    locale: str, likely_region: str, example: str | None
) -> None:
    assert phone.example_abroad(locale, likely_region) == example


NORTH_AMERICAN = re.compile(r"\+1[2-9]\d\d[2-9]\d{6}")
typed_numbers = st.text(st.sampled_from("0123456789+ -().x#,٠١٥۶６") | st.characters(), max_size=24) | st.from_regex(
    r"(\+|00|011)? ?[0-9]{1,3} ?\(?[0-9]{1,4}\)?[ .-]?[0-9]{2,4}[ .-]?[0-9]{2,4}( x[0-9]{1,4})?", fullmatch=True
)


@given(typed_numbers, st.sampled_from(["US", "CA", "MX", "FR", "TW", "AR"]))
def test_what_is_read_can_be_read_again_and_is_nothing_else(typed: str, country: str) -> None:
    try:
        number = phone.read(typed, country)
    except Fault:
        return

    assert not number.startswith("+1") or NORTH_AMERICAN.fullmatch(number.partition(";")[0])
    assert phonenumbers.is_possible_number(phonenumbers.parse(number))
    assert phone.read(number, country) == phone.read(number.replace(";ext=", " x"), "GB") == number
