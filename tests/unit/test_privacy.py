"""The search for personal data finds what it is for."""

import pytest

from tests.privacy import entered, leaks

LEAD = {"name": "José Núñez", "phone": "+16025550100", "message": "It's\nbad", "locale": "en"}


@pytest.mark.parametrize(
    "line", ["x José Núñez y", '{"n": "Jos\\u00e9 N\\u00fa\\u00f1ez"}', "tel:6025550100", '{"m": "It\'s\\nbad"}']
)
def test_a_line_with_what_was_entered_is_found(line: str) -> None:
    assert list(leaks(["fine", line], entered([LEAD]))) == [line]


def test_ids_and_codes_are_no_personal_data() -> None:
    assert list(leaks(["lead stored", "en", "LEAD#4f1c"], entered([LEAD, {"name": "Bo"}]))) == []
