"""How short a telephone number can be: what the page's script may refuse without asking."""

import phonenumbers
import pytest

from functions.leads import phone


@pytest.mark.parametrize(("country", "digits"), [("US", 10), ("FR", 9), ("AD", 6), ("ZZ", 1)])
def test_the_shortest_number_of_a_country(country: str, digits: int) -> None:
    assert phone.fewest_digits(country) == digits


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_no_number_of_the_country_is_shorter(country: str) -> None:
    number = phonenumbers.example_number(country)
    assert number

    assert len(str(number.national_number)) + (number.number_of_leading_zeros or 0) >= phone.fewest_digits(country)
    shorter = phonenumbers.PhoneNumber(number.country_code, int("1" * (phone.fewest_digits(country) - 1)))
    assert phonenumbers.is_possible_number_with_reason(shorter) != phonenumbers.ValidationResult.IS_POSSIBLE
