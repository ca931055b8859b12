"""What an enquiry must be: the form's contract as a pydantic model, and its faults as stable codes.

The model is strict, so that JSON's `"true"` is no consent. Blank and null mean "not given" in every field.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from functions.leads.text import clean_line, clean_lines
from shared.consent import CONSENT_VERSION
from shared.lead import Enquiry

# Campaign tags that a page may pass on. Not the advertisers' click ids: with a page about a condition they would tell
# an advertiser about a patient.
SourceTag = Literal["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]

# pydantic's error types, as the codes of our contract. Our own checks raise their codes directly.
_CODES = {
    "missing": "required",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "literal_error": "not_a_choice",
    "extra_forbidden": "unknown_field",
    "string_pattern_mismatch": "wrong_form",
}
_TYPE_CODE = "wrong_type"


class Fault(Exception):
    """The faults found, as (field, code) pairs in the form's order."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def _fails(code: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{code}", {"code": code})


def _line(text: Any) -> Any:
    return clean_line(text) if isinstance(text, str) else text


def _lines(text: Any) -> Any:
    return clean_lines(text) if isinstance(text, str) else text


def _agreed(consent: Any) -> Any:
    if not consent:
        raise _fails("consent_needed")
    return consent


def _email(address: str) -> str:
    """A form check, not a promise of delivery: something before one @, and a domain with a dot after it."""
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    plain = not any(letter.isspace() or letter in '<>()[]\\,;:"@' for letter in local + domain)
    if not (local and plain and len(labels) > 1 and all(labels) and len(labels[-1]) > 1 and len(local) <= 64):
        raise _fails("not_an_email")
    return f"{local}@{domain.lower()}"


class Form(BaseModel):
    """The fields of `POST /api/leads`, in the form's order."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True, title="Lead")

    name: Annotated[str, BeforeValidator(_line), Field(min_length=2, max_length=80)]
    phone: Annotated[str, BeforeValidator(_line), Field(max_length=40)] | None = None
    email: Annotated[str, BeforeValidator(_line), Field(max_length=254), AfterValidator(_email)] | None = None
    preferred_contact: Literal["phone", "email"] | None = None
    preferred_time: Literal["morning", "afternoon", "evening", "any"] = "any"
    message: Annotated[str, BeforeValidator(_lines), Field(max_length=1000)] | None = None
    consent: Annotated[bool, AfterValidator(_agreed)]
    locale: str
    article: str
    source: dict[SourceTag, Annotated[str, BeforeValidator(_line), Field(max_length=100)]] = {}
    consent_version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = CONSENT_VERSION
    aside: str | None = None  # the honeypot: people never see it


def validate(
    fields: Mapping[str, Any], *, country: str, locales: Sequence[str], knows_article: Callable[[str], bool]
) -> tuple[Enquiry, str | None]:
    """The enquiry and what the honeypot caught. Raises Fault with every fault at once.

    `country` (ISO 3166-1 alpha-2) is where a telephone number without a prefix belongs; `locales` are the practice's,
    and `knows_article(slug)` says whether there is such an article.
    """
    given = {name: value for name, value in fields.items() if value is not None and not _is_blank(value)}
    faults: list[tuple[str, str]] = []
    try:
        form = Form.model_validate(given)
    except ValidationError as error:
        form = None
        faults = [_fault(detail) for detail in error.errors(include_url=False, include_context=False)]
    faults += _faults_between(given, locales, knows_article)
    number = _number(given.get("phone"), country)
    if number is None and isinstance(given.get("phone"), str) and not _names(faults, "phone"):
        faults.append(("phone", "not_a_phone_number"))
    if faults or form is None:
        order = list(Form.model_fields)
        raise Fault(sorted(faults, key=lambda fault: order.index(fault[0]) if fault[0] in order else len(order)))
    return _enquiry(form, number), form.aside


def _faults_between(
    given: Mapping[str, Any], locales: Sequence[str], knows_article: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Faults that no single field has. Found beside the others, so that nobody has to send the form twice."""
    found = []
    if "phone" not in given and "email" not in given:
        found.append(("phone", "contact_needed"))
    elif (wanted := given.get("preferred_contact")) in ("phone", "email") and wanted not in given:
        found.append((wanted, "preferred_but_missing"))
    if isinstance(locale := given.get("locale"), str) and locale not in locales:
        found.append(("locale", "not_a_choice"))
    if isinstance(article := given.get("article"), str) and not knows_article(article):
        found.append(("article", "not_a_choice"))
    return found


def _enquiry(form: Form, number: phonenumbers.PhoneNumber | None) -> Enquiry:
    return Enquiry(
        name=form.name,
        phone=phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None,
        phone_extension=(number.extension or None) if number else None,
        email=form.email,
        preferred_contact=form.preferred_contact or ("phone" if number else "email"),
        preferred_time=form.preferred_time,
        message=form.message,
        locale=form.locale,
        article=form.article,
        source={str(tag): value for tag, value in form.source.items()},
        consent_version=form.consent_version,
    )


def _number(text: Any, country: str) -> phonenumbers.PhoneNumber | None:
    """A number that could be dialled. Not `is_valid_number`: its tables lag behind new area codes, and people wait."""
    if not isinstance(text, str) or len(text) > 100:
        return None
    try:
        number = phonenumbers.parse(clean_line(text), country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _fault(detail: Any) -> tuple[str, str]:
    field = str(detail["loc"][0]) if detail["loc"] else ""
    kind = detail["type"]
    if detail["loc"][:1] == ("source",) and detail["loc"][-1] == "[key]":
        return field, "unknown_field"
    if kind in _CODES:
        return field, _CODES[kind]
    return field, _TYPE_CODE if kind.endswith(("_type", "_parsing")) else kind


def _names(faults: list[tuple[str, str]], field: str) -> bool:
    return any(name == field for name, _ in faults)


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()
