"""Telephone numbers: from what people type to E.164, and to how people write them."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

# Longer than any number with its extension; the library would search it for one.
_LONGEST = 100


def read(text: str, country: str) -> PhoneNumber | None:
    """A number that could be dialled, or None; without a prefix it belongs to `country` (ISO 3166-1 alpha-2).

    Not `is_valid_number`: its tables lag behind new area codes, and people wait.
    """
    if len(text) > _LONGEST:
        return None
    for written in _readings(text):
        try:
            number = phonenumbers.parse(written, country)
        except phonenumbers.NumberParseException:
            continue
        # The plain is_possible_number also takes what can be dialled from next door alone: one without its area code.
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
            return number
    return None


def _readings(text: str) -> tuple[str, ...]:
    """What may be meant, the likelier first: 00 is how most of the world dials abroad, and few numbers begin so."""
    zeros = re.match(r"[^\d+]*(\d)[^\d+]*(\d)", text)
    return (f"+{text[zeros.end() :]}", text) if zeros and int(zeros[1]) == int(zeros[2]) == 0 else (text,)


def names_its_country(text: str) -> bool:
    """Whether a number was typed with its country, by the sign that says so alone: a plus, also of full width."""
    return "+" in text or "\uff0b" in text


def e164(number: PhoneNumber) -> str:
    """As it is dialled from anywhere, without an extension."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def as_written(number: PhoneNumber, country: str) -> str:
    """As people in `country` write it, with its extension: one of their own without the country code."""
    is_own = number.country_code == phonenumbers.country_code_for_region(country)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if is_own else PhoneNumberFormat.INTERNATIONAL)


def e164_as_written(number: str, country: str) -> str:
    """The same for a number in E.164. Raises phonenumbers.NumberParseException for anything else."""
    return as_written(phonenumbers.parse(number), country)


def example(country: str) -> str | None:
    """A number of the country's that nobody has, as it is written there."""
    number = phonenumbers.example_number(country)
    return as_written(number, country) if number else None
