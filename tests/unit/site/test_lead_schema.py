"""The API's description of an enquiry says what the function that takes it says."""

import re
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs  # comes with Schemathesis; reads patterns as ECMA 262 has them, where `$` is the end
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.leads import phone
from functions.leads.app import idempotency_key
from functions.leads.body import FORM as FORM_TYPE
from functions.leads.body import read_fields
from functions.leads.errors import InvalidFields, RequestError
from infra.site.outputs.lead_schema import lead_schemas
from infra.site.outputs.openapi import _KEY
from shared.http import Request
from tests.forms import CONTEXT, FORM

SCHEMAS = lead_schemas(list(CONTEXT.locales), ["knees"], CONTEXT.country)
VALIDATORS = {
    name: jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}, validate_formats=True
    )
    for name in ("Lead", "LeadForm")
}
GOOD: dict[str, Any] = {
    "name": "Ana Ruiz",
    "email": "ana@example.com",
    "consent": True,
    "locale": "es",
    "article": "knees",
}
# What a name may have around and between its letters, and what it may not do without.
ODD = st.text(
    st.sampled_from("ab é\u0301\0\t\n\r\x85\xa0\xad\u2028\u202e\u2067\u200b\u200d\u3000\ufeff李1-"), max_size=12
)


def is_described(enquiry: dict[str, Any], name: str = "Lead") -> bool:
    return VALIDATORS[name].is_valid(enquiry)


def is_taken(enquiry: dict[str, Any]) -> bool:
    try:
        FORM.validate(enquiry, CONTEXT)
    except InvalidFields:
        return False
    return True


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"phone": "602 555 0100", "preferred_time": "morning", "message": "Hello", "source": {"utm_term": "knee"}},
        {"message": None, "source": None},
        {"message": "\u2003\n", "source": " ", "preferred_time": "", "consent_version": "\ufeff", "replaces": "\u2028"},
        {"locale": ""},
        {"locale": "fr"},
        {"locale": "ES"},
        {"article": "elbows"},
        {"name": None},
        {"name": " \u200e "},
        {"email": "", "phone": "+34612345678", "preferred_contact": ""},
        {"email": "", "phone": None},
        {"email": None},
        {"preferred_contact": "phone"},
        {"preferred_contact": "phone", "phone": " "},
        {"preferred_contact": "email", "phone": "6025550100"},
        {"preferred_contact": "phone", "phone": "(602) 555-0100"},
        {"preferred_contact": "pigeon"},
        {"name": f"  {'A' * 80}\0\u200b "},
        {"name": f"{'A' * 40}   {'B' * 39}"},
        {"name": f"{'A' * 40} \0 {'B' * 40}"},
        {"message": f"\n{'x' * 500}\r\n{'x' * 499}\u00ad\0 "},
        {"message": f"{'x' * 500}\r\n{'x' * 500}"},
        {"source": {"utm_term": None, "utm_source": "\0"}},
        {"source": {"utm_term": f" {'x' * 100} "}},
        {"source": []},
        {"name": "A"},
        {"name": "李"},
        {"name": "--"},
        {"name": "007"},
        {"name": "\u3164\uffa0"},
        {"name": "\u0301\u200d"},
        {"name": "\ue000"},
        {"name": "\u0378"},
        {"name": "\ufdd0"},
        {"name": "\U000e0030\U000e0fff"},
        {"name": "A" * 81},
        {"name": 7},
        {"email": None, "phone": 7},
        {"email": "ana=ruiz==@example.com"},
        {"email": "p+5=?+@example.com"},
        {"preferred_time": "midnight"},
        {"topic": "first_visit"},
        {"topic": " "},
        {"topic": "weather"},
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


@given(name=ODD, message=ODD, tag=ODD)
def test_what_counts_as_a_character_is_described(name: str, message: str, tag: str) -> None:
    enquiry = {**GOOD, "name": f"{name}{'x' * 72}{name}", "message": message, "source": {"utm_term": tag}}

    # Which characters become one when they are put together (NFC), no pattern can say.
    if "\u0301" not in name:
        assert is_described(enquiry) == is_taken(enquiry)


@settings(max_examples=10 * settings().max_examples)
@given(ODD)
def test_what_counts_as_left_out_is_described(text: str) -> None:
    given = {**GOOD, "preferred_time": text}

    assert is_described(given) == is_taken(given)


@pytest.mark.parametrize("pattern", [each["pattern"] for each in SCHEMAS["Phone"]["anyOf"]])
@given(data=st.data())
def test_every_number_of_a_described_form_can_be_dialled(pattern: str, data: st.DataObject) -> None:
    number = data.draw(st.from_regex(pattern.removesuffix("$") + r"\Z", alphabet="0123456789+-. ()"))

    digits = re.sub(r"[^0-9]", "", number)
    assert phone.read(number, "US") == ("+" if number.startswith("+") else "+1") + digits


def test_a_phone_number_has_examples_that_fit() -> None:
    assert all(is_described({**GOOD, "phone": example}) for example in SCHEMAS["Phone"]["examples"])
    assert len(SCHEMAS["Phone"]["examples"]) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"consent": "on"},
        {"consent": "false"},
        {"consent": ""},
        {"phone": "6025550100", "preferred_contact": "phone", "message": ""},
        {"source": "news"},
        {"utm_source": "x" * 300, "utm_term": ""},
        {"utm_id": "x"},
        {"name": ""},
        {"preferred_time": "null"},
    ],
)
def test_what_is_described_of_a_form_is_what_is_taken(changes: dict[str, str]) -> None:
    fields = {**GOOD, "consent": "true", **changes}

    request = Request("POST", "/api/leads", {}, {"content-type": FORM_TYPE}, urlencode(fields).encode())

    assert is_described(fields, "LeadForm") == is_taken(read_fields(request))


KEY_PARTS = st.sampled_from(['"', "\\", ",", ";", " ", "a", "~", "!", "é", "\t", ";a=1", "k" * 254])


@given(
    st.lists(KEY_PARTS, max_size=6).map("".join)
    | st.lists(KEY_PARTS, max_size=4).map(lambda parts: f'"{"".join(parts)}"')
)
def test_an_idempotency_key_has_the_form_that_is_described(key: str) -> None:
    try:
        is_key = bool(idempotency_key(Request("POST", "/", {}, {"idempotency-key": key}, b"")))
    except RequestError:
        is_key = False

    # HTTP takes the white space around a value away (RFC 9110 section 5.5).
    assert bool(re.search(_KEY["schema"]["pattern"], key.strip())) == is_key
