"""Numbers are the same number however a language writes them."""

from collections import Counter

import pytest

from infra.site.translations.parity import quantities


@pytest.mark.parametrize(
    "text",
    [
        "37% of 20,464 sessions, 0.1%",
        "37 % de 20.464 sesiones, 0,1 %",
        "37\u00a0% de 20\u202f464 séances, 0,1\u00a0%",
        "20,464 次中有 37％，0.1%",
        "٣٧٪ من ٢٠٬٤٦٤ جلسة، و٠٫١٪",
        "37% [@hu2018] of 20'464, [@a1; @b2] 0.1%",
    ],
)
def test_the_same_numbers_are_equal_in_every_language(text: str) -> None:
    assert quantities(text) == Counter({"37%": 1, "20464": 1, "0.1%": 1})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("6 to 8 weeks", ["6", "8"]),
        ("10-30 minutes", ["10", "30"]),
        ("1,234,567", ["1234567"]),
        ("1.5 or 1,50", ["1.5", "1.50"]),
        ("5 mg, 5 miles", ["5mg", "5"]),
        ("after 2 weeks 300 people", ["2", "300"]),
        ("no number", []),
    ],
)
def test_numbers_are_read_with_their_units(text: str, found: list[str]) -> None:
    assert sorted(quantities(text).elements()) == sorted(found)


def test_a_number_twice_counts_twice() -> None:
    assert quantities("3 and 3") != quantities("3")
