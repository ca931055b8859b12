"""What an enquiry must be, and what is made of what people type."""

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AfterValidator, TypeAdapter, ValidationError

from functions.leads import checks
from functions.leads.enquiry import CompiledForm, _is_blank
from functions.leads.errors import InvalidFields
from functions.leads.form import Form, Text
from functions.leads.spam import spam_reasons
from infra.site.outputs.compiled_form import compiled_form
from shared.lead import Enquiry
from shared.text import clean_line, clean_lines
from tests.forms import CONTEXT, FORM, GOOD, MISSING, accepted, faults


def check(**changes: Any) -> Enquiry:
    return accepted(**changes).enquiry


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": MISSING}, [("name", "required")]),
        ({"name": "  "}, [("name", "required")]),
        ({"name": None}, [("name", "required")]),
        ({"name": "--"}, [("name", "not_a_name")]),
        ({"name": "A" * 81}, [("name", "too_long")]),
        ({"name": 7}, [("name", "wrong_type")]),
        ({"name": ["Ana"]}, [("name", "wrong_type")]),
        ({"phone": MISSING}, [("phone", "contact_needed")]),
        ({"phone": "", "email": " "}, [("phone", "contact_needed")]),
        ({"phone": "call me"}, [("phone", "not_a_phone_number")]),
        ({"phone": "06 12 34 56 78"}, [("phone", "country_code_needed")]),
        ({"phone": "602-555-0100 / 480-555-0199"}, [("phone", "more_than_one")]),
        ({"phone": "6" * 41}, [("phone", "too_long")]),
        ({"phone": 6025550100}, [("phone", "wrong_type")]),
        ({"email": "ana"}, [("email", "not_an_email")]),
        ({"email": "ana ruiz@example.com"}, [("email", "stray_character")]),
        ({"email": "a@example.com, b@example.com"}, [("email", "more_than_one")]),
        ({"name": "\u200b\ufeff"}, [("name", "required")]),
        ({"preferred_contact": 1}, [("preferred_contact", "wrong_type")]),
        ({"email": "a@" + "e" * 260 + ".com"}, [("email", "too_long")]),
        ({"preferred_contact": "fax"}, [("preferred_contact", "not_a_choice")]),
        ({"preferred_contact": "email"}, [("email", "preferred_but_missing")]),
        ({"preferred_time": "midnight"}, [("preferred_time", "not_a_choice")]),
        ({"topic": "Price"}, [("topic", "not_a_choice")]),
        ({"topic": 1}, [("topic", "wrong_type")]),
        ({"message": "x" * 1001}, [("message", "too_long")]),
        ({"consent": False}, [("consent", "consent_needed")]),
        ({"consent": MISSING}, [("consent", "required")]),
        ({"consent": "true"}, [("consent", "wrong_type")]),
        ({"consent": 1}, [("consent", "wrong_type")]),
        ({"locale": "xx"}, [("locale", "not_a_choice")]),
        ({"article": "elbows"}, [("article", "not_a_choice")]),
        ({"locale": MISSING}, [("locale", "required")]),
        ({"source": {"gclid": "1"}}, [("source", "unknown_field")]),
        ({"source": {"gclid": 1, "utm_term": "x" * 200}}, [("source", "unknown_field")]),
        ({"zeta": 1, "alpha": 2}, [("zeta", "unknown_field"), ("alpha", "unknown_field")]),
        ({"na\ud800me": 1}, [("na\ud800me", "unknown_field")]),
        ({"name": "7\ud800"}, [("name", "not_a_name")]),
        ({"name": "\ud800"}, [("name", "required")]),
        ({"locale": "es\ud800"}, [("locale", "not_a_choice")]),
        ({"replaces": "a\ud800b"}, [("replaces", "wrong_form")]),
        ({"source": "ad"}, [("source", "wrong_type")]),
        ({"source": {"utm_source": 1}}, [("source", "wrong_type")]),
        ({"diagnosis": "x"}, [("diagnosis", "unknown_field")]),
        ({"consent_version": "new"}, [("consent_version", "wrong_form")]),
        ({"replaces": "käse"}, [("replaces", "wrong_form")]),
        ({"replaces": "k\n1"}, [("replaces", "wrong_form")]),
        ({"replaces": "k" * 256}, [("replaces", "too_long")]),
        ({"replaces": 1}, [("replaces", "wrong_type")]),
    ],
)
def test_a_fault_has_its_field_and_code(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults(**changes) == expected


def test_all_faults_are_found_at_once_in_the_forms_order() -> None:
    assert faults(consent=False, email="x", name="", zebra=1, phone=MISSING, message="y" * 2000) == [
        ("name", "required"),
        ("email", "not_an_email"),
        ("message", "too_long"),
        ("consent", "consent_needed"),
        ("zebra", "unknown_field"),
    ]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("6025550100", "(602) 555-0100"),
        ("602-555-0100 x 12", "(602) 555-0100 ext. 12"),
        ("+34612345678", "+34 612 34 56 78"),
        (MISSING, None),
    ],
)
def test_a_phone_number_is_also_kept_as_the_practice_writes_it(typed: Any, written: str | None) -> None:
    assert accepted(phone=typed, email="ana@example.com").phone_as_written == written


def test_an_extension_is_kept() -> None:
    enquiry = check(phone="602-555-0100 ext. 12")

    assert (enquiry.phone, enquiry.phone_extension) == ("+16025550100", "12")


def test_what_is_left_blank_is_not_given() -> None:
    plain = check()

    assert check(message="\u0007", source={"utm_source": " ", "utm_medium": None}) == plain
    assert check(message="\u3000\u200b", email="\u200e") == plain


def test_what_is_replaced_is_named_by_its_key_and_no_part_of_the_enquiry() -> None:
    key = "k" * 250 + ' "\\~'
    named = accepted(replaces=key)

    assert named.replaces == key
    assert named.enquiry == check()
    assert accepted(replaces=" ").replaces is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Ana Ruis"},
        {"phone": "602-555-0199"},
        {"phone": "602-555-0100 x1"},
        {"email": "a@b.co"},
        {"message": "hola"},
        {"locale": "en"},
        {"source": {"utm_source": "x"}},
        {"preferred_time": "evening"},
        {"consent_version": "2020-01-01"},
    ],
)
def test_another_enquiry_has_another_fingerprint(change: dict[str, Any]) -> None:
    assert accepted(**change).fingerprint != accepted().fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"phone": "+1 602 555 0100"},
        {"name": " Ana  Ruiz"},
        {"message": " ", "email": None},
        {"replaces": "k-1", "aside": "x"},
        {"source": {}},
        {"source": {"utm_source": " ", "utm_term": None}},
    ],
)
def test_the_same_enquiry_typed_in_another_way_has_the_same_fingerprint(change: dict[str, Any]) -> None:
    assert accepted(**change).fingerprint == accepted().fingerprint


class LaterForm(Form):
    """The form of a later release, with two more fields."""

    later_text: Annotated[str, Text(checks.line, max_length=60)] | None = None
    later_choice: Literal["days", "weeks", "unknown"] = "unknown"


def test_a_new_field_leaves_every_earlier_fingerprint_as_it_was() -> None:
    later = CompiledForm(json.loads(json.dumps(compiled_form(LaterForm))))
    earlier = accepted(email="ana@example.com", message="Hola")

    same, other = (
        accepted(later, email="ana@example.com", message="Hola", **more) for more in ({}, {"later_choice": "days"})
    )

    assert same.fingerprint == earlier.fingerprint
    assert other.fingerprint != earlier.fingerprint


class UnkeptForm(Form):
    """A form with a field that a lead cannot keep."""

    age: int | None = None


class UncheckedForm(Form):
    """A form with a check that the function which takes it would not find."""

    age: Annotated[str, Text(checks.line, max_length=3), AfterValidator(str.upper)] | None = None


@pytest.mark.parametrize(("form", "said"), [(UnkeptForm, "age: "), (UncheckedForm, "upper")])
def test_a_field_that_could_not_be_taken_stops_the_build(form: type[Form], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        compiled_form(form)


def test_what_would_be_lost_before_the_cleaning_stops_the_build() -> None:
    with pytest.raises(TypeError, match="Text stands before"):
        TypeAdapter(Annotated[str, AfterValidator(str.upper), Text(checks.line, max_length=3)])


def test_a_field_that_no_code_knows_is_kept_with_the_enquiry() -> None:
    later = CompiledForm(json.loads(json.dumps(compiled_form(LaterForm))))

    assert accepted(later, later_text=" Blue  Cross").enquiry.more == {
        "later_text": "Blue Cross",
        "later_choice": "unknown",
    }
    assert accepted().enquiry.more == {}


def test_what_it_is_about_is_kept_where_somebody_said_it_and_is_no_part_of_other_enquiries() -> None:
    said, left_open = accepted(topic="price"), accepted(topic="")

    assert said.enquiry.more == {"topic": "price"}
    assert left_open.enquiry.more == {}
    assert left_open.fingerprint == accepted().fingerprint != said.fingerprint


def test_the_preferred_contact_follows_from_what_was_given() -> None:
    assert check().preferred_contact == "phone"
    assert check(phone=MISSING, email="Ana@Example.COM").preferred_contact == "email"
    assert check(email="Ana@Example.COM").email == "Ana@example.com"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ana\r\nBcc: x@example.com", "Ana Bcc: x@example.com"),
        ("Ana\u2028Ruiz\x00", "Ana Ruiz"),
        ("\u202eziuR anA", "ziuR anA"),
        ("محمد\u200f علي", "محمد\u200f علي"),
        ("👩‍⚕️ Ana", "👩‍⚕️ Ana"),
        ("Jose\u0301", "José"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("<b>Ana</b>", "<b>Ana</b>"),
    ],
)
def test_a_name_is_one_harmless_line(typed: str, stored: str) -> None:
    assert check(name=typed).name == stored


@pytest.mark.parametrize(
    "name",
    [
        "李",
        "O",
        "가",
        "أ",
        "é",
        "X Æ A-12",
        "John Smith 3rd",
        "Ng",
        "Nuñez–Díaz",
        "O’Brien",
        "bell hooks",
        "אבי",
        "राम",
        "ⴰⵎⵏⴰⵢ",
        "Mr. A.",
        # In Unicode since version 17, and a character that only some fonts of Hong Kong have.
        "\U000323b0",
        "\ue1b0",
    ],
)
def test_a_name_is_what_somebody_is_called_from_one_letter_on(name: str) -> None:
    assert check(name=name).name == name


@pytest.mark.parametrize(
    "name",
    [
        "--",
        "...",
        "?",
        "12",
        "602-555-0100",
        "٢٣",
        "👍",
        "\u2800",
        "\u2800\u2800 \u2800",
        "\u3164",
        "\u115f\u1160",
        "\uffa0",
        "\u0301",
        "\U000e0100",
        "\ufdd0",
        "\uffff",
        "＿",
    ],
)
def test_what_holds_no_letter_is_no_name(name: str) -> None:
    assert faults(name=name) == [("name", "not_a_name")]


def test_a_message_keeps_its_lines_and_is_counted_as_it_is_stored() -> None:
    assert check(message=" a\r\nb\rc\u2029d\t! \n").message == "a\nb\nc\nd !"
    assert check(message="\u3000\u200b 你好\u00a0").message == "你好"
    assert check(message="a\r\n" * 500).message == "a\n" * 499 + "a"


@given(st.text())
def test_clean_text_is_stable_and_holds_no_controls(text: str) -> None:
    for clean in (clean_line, clean_lines):
        once = clean(text)
        assert clean(once) == once
        assert not any(ord(letter) < 32 and letter != "\n" for letter in once)
        assert not set(once) & set("\x7f\x85\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\n" not in clean_line(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


submissions = st.dictionaries(
    st.sampled_from(list(Form.model_fields)) | st.text(), json_values | st.sampled_from(list(GOOD.values()))
)


@given(submissions | submissions.map(GOOD.__or__))
@example({"name": "Ana Ruiz", "email": " "})
def test_the_compiled_form_takes_what_the_model_takes(fields: dict[str, Any]) -> None:
    given = {name: value for name, value in fields.items() if value is not None and not _is_blank(value)}
    try:
        model = Form.model_validate(given, context=CONTEXT)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors()}
        with pytest.raises(InvalidFields) as refused:
            FORM.validate(given, CONTEXT)
        assert wrong <= {fault.field for fault in refused.value.faults}
    else:
        values, _, names = FORM._validator.validate_python(given, context=CONTEXT)
        assert (values, names) == (model.model_dump(), model.model_fields_set)


@given(st.dictionaries(st.sampled_from([*GOOD, "email", "message", "source", "aside"]) | st.text(), json_values))
def test_whatever_is_sent_is_an_enquiry_or_named_faults(fields: dict[str, Any]) -> None:
    try:
        FORM.validate(fields, CONTEXT)
    except InvalidFields as error:
        named = error.faults
    else:
        return
    assert named


@pytest.mark.parametrize(
    ("changes", "honeypot", "reasons"),
    [
        ({}, None, ()),
        ({"message": "See https://a.example and www.b.example"}, None, ()),
        ({"message": "scan: https://www.a.example/1 insurer: HTTPS://WWW.b.example/2"}, None, ()),
        ({"message": '<a href="https://www.a.example">a</a> [url=http://b.example]b[/url]'}, None, ()),
        ({"message": "<a http://a http://b http://c"}, None, ("links",)),
        ({"message": "[url http://a http://b http://c"}, None, ("links",)),
        ({"message": "http://a http://b HTTPS://c"}, None, ("links",)),
        ({"message": "www.a www.b www.c"}, None, ("links",)),
        ({"name": "Buy www.pills.example"}, None, ("link_in_name",)),
        ({}, "x", ("honeypot",)),
        ({"message": "[url=a] [url=b] [url=c]"}, "x", ("honeypot", "links")),
    ],
)
def test_spam_has_its_reasons(changes: dict[str, Any], honeypot: str | None, reasons: tuple[str, ...]) -> None:
    assert spam_reasons(check(**changes), honeypot) == reasons
