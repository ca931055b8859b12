"""Telephone numbers: from what people type to E.164, and to how people write them."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from functions.leads.codes import Fault, FieldCode
from shared.text import narrow

# E.164's fifteen, and what is dialled to get abroad.
_MOST_DIGITS: Final = 20
# Fewer than these are a part of a number; as many may be a whole one, but for its area code.
_FEWEST_DIGITS: Final = 7
# What comes before an extension: a word in one of the pages' languages, or a sign (RFC 3966).
_EXTENSION: Final = re.compile(
    r"(?:(?<![^\W\d])(?:extension|extensión|extn?|x|poste|anexo|interno|int|分機|分机|內線|内线|轉|转"
    r"|(?:ال)?تحويل[ةه]|داخلي)(?![^\W\d])|;ext=|#)[ .:#№-]*(?P<digits>\d{1,6})\D*$",
    re.IGNORECASE,
)
# What comes before one in a number that is read (RFC 3966).
EXTENSION: Final = ";ext="
# A telephone waits at a comma before it dials on.
_PAUSE: Final = re.compile(r"^([^,]*\d),+(?=\d{1,6}\D*$)")
# 1-800-FLOWERS, with the letters of a telephone's keys: in capitals, and without a space before them.
_LETTERED: Final = re.compile(r"[-+(). \d]*\d\)?-?[A-Z]{3,}[-A-Z\d]*")
# NPA-NXX-XXXX with N from 2 to 9, where N11 is a service such as 911 and no area: the plan itself
# (https://www.nanpa.com/numbering), so that no list can lag behind a new area code.
_NORTH_AMERICAN: Final = re.compile(r"(?!.11)[2-9]\d\d[2-9]\d{6}")
# What is no longer dialled, by country code, and in brackets what is. Mexico gave up 1, 01, 044 and 045 in August 2019,
# though WhatsApp still shows the 1. In Argentina a mobile has either a 9 before the area or a 15 after it, never both.
_OBSOLETE: Final = {52: r"(?:1|01|044|045)1?(\d{10})", 54: r"9(?=\d{12}$)(\d{2,4}15\d{6,8})"}
# A zero that is dialled within a country alone: +44 (0)20 7946 0958.
_TRUNK_ZERO: Final = re.compile(r"\(\s*0\s*\)")
# Where readers call from, if it is not the likely region of their language (CLDR): most who speak Spanish live in
# Mexico, and it is the Gulf's numbers, not Egypt's, that have as many digits as one of North America's.
_REGIONS: Final = {"es": "MX", "ar": "SA"}


def read(text: str, country: str) -> str:
    """A number that could be dialled; without a prefix it belongs to `country` (ISO 3166-1 alpha-2).

    It is answered in E.164, with an extension as RFC 3966 writes it: `+16025550100;ext=12`.

    Not `is_valid_number`: its tables lag behind new area codes, and people wait. Where the number is written otherwise
    than any of the country's is, nothing is guessed: another person would be called.

    Raises Fault: not_a_phone_number; more_than_one; country_code_needed, where that may be all that is missing.
    """
    line = _PAUSE.sub(r"\1 x", _in_ascii(text))
    extension = _EXTENSION.search(line)
    written = _without_words(line[: extension.start()] if extension else line)
    if _is_more_than_one(written):
        raise Fault(FieldCode.MORE_THAN_ONE)
    digits = _count(written)
    if digits > _MOST_DIGITS or any(letter.isalpha() for letter in written):
        raise Fault(FieldCode.NOT_A_PHONE_NUMBER)
    for reading in _readings(written):
        if number := _read(reading, country):
            dialled = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            return dialled + (f"{EXTENSION}{extension['digits']}" if extension else "")
    raise Fault(FieldCode.COUNTRY_CODE_NEEDED if digits > _FEWEST_DIGITS else FieldCode.NOT_A_PHONE_NUMBER)


def _in_ascii(text: str) -> str:
    """Digits of any script as 0 to 9, dashes as hyphens, and no marks, such as those that make a digit an emoji."""
    letters = []
    for letter in narrow(text):
        kind = unicodedata.category(letter)
        if kind == "Nd":
            letters.append(str(unicodedata.decimal(letter)))
        elif kind == "Pd":
            letters.append("-")
        elif kind[0] not in "MC":
            letters.append(letter)
    return "".join(letters)


def _without_words(text: str) -> str:
    """The number in "cell: 602-555-0100 (evenings)". Right-to-left text may have its plus at the end."""
    if _LETTERED.fullmatch(text.strip()) and len(re.findall(r"\w", text)) <= len("18003569377"):
        text = phonenumbers.convert_alpha_characters_in_number(text)
    found = re.search(r"(?:\+[ (]*)?\d(?:.*\d)?\+?", text)
    return found[0] if found else ""


def _is_more_than_one(written: str) -> bool:
    """Whether there is a second number, or words go on after the first."""
    if re.search(r"[^\W\d]", written):
        return any(_count(part) >= _FEWEST_DIGITS for part in re.split(r"[^\W\d]+", written))
    # What parts two numbers never parts the groups of one, or else it is a space between two without one inside.
    for between in (r"[^-.()\d ]+", r"[^-.()\d]+"):
        if sum(_count(part) >= _FEWEST_DIGITS for part in re.split(between, written)) > 1:
            return True
    return False


def _count(text: str) -> int:
    """How many digits there are."""
    return len(re.findall(r"\d", text))


def _readings(written: str) -> Iterator[str]:
    """What may be meant, the likelier first, as groups of digits with one space between and a plus before them."""
    sign = "+" if written.startswith("+") else ""
    # Italy dials the zero from abroad too; others know it is not dialled, or have none.
    for variant in dict.fromkeys((written, _TRUNK_ZERO.sub(" ", written))):
        groups = " ".join(re.findall(r"\d+", variant))
        # 00 is how most of the world dials abroad, and few numbers begin so.
        if zeros := re.match(r"0 ?0 ?(?=[1-9])", groups):
            yield f"+{groups[zeros.end() :]}"
        yield f"{sign}{groups}"
        if not sign and written.endswith("+"):
            yield f"+{groups}"


def _read(reading: str, country: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(reading, country)
        obsolete = _OBSOLETE.get(number.country_code or 0, "-")
        if old := re.fullmatch(obsolete, phonenumbers.national_significant_number(number)):
            number = phonenumbers.parse(f"+{number.country_code}{old[1]}")
    except phonenumbers.NumberParseException:
        return None
    # After the country code a zero is dialled in few places, such as Italy. Anywhere else it is no number yet.
    if number.italian_leading_zero and not phonenumbers.is_valid_number(number):
        return None
    # The plain is_possible_number also takes what can be dialled from next door alone: one without its area code.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    if number.country_code == 1 and not _is_north_american(number, reading):
        return None
    return number


def _is_north_american(number: PhoneNumber, reading: str) -> bool:
    digits = phonenumbers.national_significant_number(number)
    if not _NORTH_AMERICAN.fullmatch(digits):
        return False
    if reading.startswith("+"):
        return True
    # Nobody there cuts through an area code or the three digits after it, unless each digit stands alone:
    # 55 1234 5678 is from Mexico City, 98765 43210 from India.
    *ends, length = accumulate(map(len, reading.split(" ")))
    inside = {1, 2, 4, 5}
    return inside & {end - length + len(digits) for end in ends} in (set(), inside)


def names_its_country(text: str) -> bool:
    """Whether a number was typed with its country, by the sign that says so alone: a plus, also of full width."""
    return "+" in narrow(text)


def as_written(dialled: str, country: str) -> str:
    """As people in `country` write it, with its extension: one of their own without the country code.

    Raises phonenumbers.NumberParseException for what `read` does not answer.
    """
    return _as_written(phonenumbers.parse(dialled), country)


def _as_written(number: PhoneNumber, country: str) -> str:
    is_own = number.country_code == phonenumbers.country_code_for_region(country)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if is_own else PhoneNumberFormat.INTERNATIONAL)


def example(country: str) -> str | None:
    """A number of the country's that nobody has, as it is written there."""
    number = phonenumbers.example_number(country)
    return _as_written(number, country) if number else None


def example_abroad(locale: str, likely_region: str) -> str | None:
    """A mobile number that nobody has, from where readers of `locale` are at home, as it is written anywhere else."""
    number = phonenumbers.example_number_for_type(_REGIONS.get(locale, likely_region), PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else None


def fewest_digits(country: str) -> int:
    """How many digits a number of the country's has at least, when it is dialled from inside without any prefix."""
    code = phonenumbers.country_code_for_region(country)
    # Of countries that share a code, the library judges by the first one's numbers.
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(code))
    lengths = metadata.general_desc.possible_length if metadata and metadata.general_desc else ()
    return min((length for length in lengths if length > 0), default=1)


def may_begin_with_zero(country: str) -> bool:
    """Whether a number dialled from inside may begin with a single zero: not in North America (`_NORTH_AMERICAN`)."""
    return phonenumbers.country_code_for_region(country) != 1
