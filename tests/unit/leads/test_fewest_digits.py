"""How short a telephone number can be: what the page's script may refuse without asking."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.leads import phone
from functions.leads.codes import Fault


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


@pytest.mark.parametrize(("country", "may"), [("US", False), ("CA", False), ("FR", True), ("MX", True), ("IT", True)])
def test_where_a_number_may_begin_with_a_zero(country: str, may: bool) -> None:
    assert phone.may_begin_with_zero(country) is may


# As many digits as the script looks at (assets/enquiry.js): fourteen may be two numbers, and the server says so.
_LOOKED_AT = range(8, 14)


@given(
    st.from_regex(r"\(?0[-.) ]*(1[-. ]?)?[2-9][-. ()]?(?:[0-9][-. ()]?){5,11}", fullmatch=True).filter(
        lambda typed: sum(map(str.isdigit, typed)) in _LOOKED_AT
    )
)
def test_a_zero_before_a_number_in_north_america_asks_for_its_country(typed: str) -> None:
    with pytest.raises(Fault) as refused:
        phone.read(typed, "US")

    assert str(refused.value.code) in ("country_code_needed", "not_a_phone_number")
