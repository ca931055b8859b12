"""The API's description of an enquiry says what the function that takes it says."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]  # comes with the SAM translator, without types
import pytest

from functions.content.compiler.lead_schema import lead_schema
from functions.leads.enquiry import Fault, validate

GOOD: dict[str, Any] = {
    "name": "Ana Ruiz",
    "email": "ana@example.com",
    "consent": True,
    "locale": "es",
    "article": "knees",
}


def is_described(enquiry: dict[str, Any]) -> bool:
    try:
        jsonschema.validate(enquiry, lead_schema())
    except jsonschema.ValidationError:
        return False
    return True


def is_taken(enquiry: dict[str, Any]) -> bool:
    try:
        validate(enquiry, country="US", locales=("es",), knows_article=lambda slug: True)
    except Fault:
        return False
    return True


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"phone": "602 555 0100", "preferred_time": "morning", "message": "Hello", "source": {"utm_term": "knee"}},
        {"message": None, "source": None},
        {"name": "A"},
        {"name": "A" * 81},
        {"name": 7},
        {"email": None, "phone": 7},
        {"preferred_time": "midnight"},
        {"message": "x" * 1001},
        {"consent": False},
        {"consent": "true"},
        {"source": {"gclid": "1"}},
        {"source": {"utm_term": "x" * 101}},
        {"consent_version": "new"},
        {"replaces": "k-1"},
        {"replaces": "k" * 256},
        {"replaces": "käse"},
        {"zebra": 1},
    ],
)
def test_what_is_described_is_what_is_taken(changes: dict[str, Any]) -> None:
    enquiry = {**GOOD, **changes}

    assert is_described(enquiry) == is_taken(enquiry)


def test_a_way_to_answer_is_needed() -> None:
    unreachable = {name: value for name, value in GOOD.items() if name != "email"}

    assert not is_described(unreachable)
    assert not is_taken(unreachable)
