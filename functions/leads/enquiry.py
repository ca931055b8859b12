"""From the fields of a submission to an enquiry, or to its faults.

Blank and null mean "not given" in every field. What else a field takes, the form says (`form.py`), of which the
compiled copy is read here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from pydantic_core import SchemaValidator, ValidationError

from functions.leads import checks, phone
from functions.leads.checks import Context
from functions.leads.codes import Fault, FieldCode
from functions.leads.errors import FieldFault, InvalidFields
from shared.lead import Enquiry, fingerprint
from shared.text import clean_plain_line

HONEYPOT: Final = "aside"
# What comes with an enquiry and is no part of what was entered.
_ABOUT_IT: Final = frozenset(("consent", "replaces", HONEYPOT))
_OWN: Final = frozenset(field.name for field in fields(Enquiry))
# Fields of the form that have code of their own. What another one holds is kept as it is, in `Enquiry.more`.
KNOWN: Final = _OWN - {"phone_extension", "more"} | _ABOUT_IT

# pydantic's names of errors (https://docs.pydantic.dev/latest/errors/validation_errors/) and ours.
_CODES: Final = {
    "missing": FieldCode.REQUIRED,
    "string_too_long": FieldCode.TOO_LONG,
    "string_pattern_mismatch": FieldCode.WRONG_FORM,
    "string_unicode": FieldCode.WRONG_FORM,  # half a character, which JSON can escape
    "literal_error": FieldCode.NOT_A_CHOICE,
    "string_type": FieldCode.WRONG_TYPE,
    "bool_type": FieldCode.WRONG_TYPE,
    "dict_type": FieldCode.WRONG_TYPE,
}


@dataclass(frozen=True, slots=True, repr=False)
class Accepted:
    """An enquiry without a fault, and what came with it.

    Attributes:
        enquiry: What was entered.
        fingerprint: A digest of what was given of it.
        phone_as_written: Its telephone number as people write it.
        phone_as_typed: The number as it was typed, unless that named its country: there was nothing to guess then.
        replaces: The key of the earlier enquiry that this one replaces.
        honeypot: What the honeypot caught.
    """

    enquiry: Enquiry
    fingerprint: str
    phone_as_written: str | None
    phone_as_typed: str | None
    replaces: str | None
    honeypot: str | None


class CompiledForm:
    """The form as the site compiler has written it (`infra/site/outputs/compiled_form.py`).

    Attributes:
        limits: How many characters a field takes at most, where there is a limit.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.limits: Mapping[str, int] = document["limits"]
        self._fields = tuple(document["schema"]["fields"])
        self._validator = SchemaValidator(_with_checks(document["schema"]), document["config"])

    def validate(self, submitted: Mapping[str, Any], context: Context) -> Accepted:
        """What a submission says.

        Raises:
            InvalidFields: It has faults; all of them are named, in the form's order.
        """
        given = {name: value for name, value in submitted.items() if value is not None and not _is_blank(value)}
        known = {name: value for name, value in given.items() if name in self._fields}
        faults = dict(_faults_between(given))
        try:
            values, _, names = self._validator.validate_python(known, context=context)
        except ValidationError as error:
            faults |= _faults(error)
        faults |= {name: FieldCode.UNKNOWN_FIELD for name in given if name not in known}
        if faults:
            # Not chained: the library's error holds what was entered.
            raise InvalidFields([FieldFault(*each) for each in sorted(faults.items(), key=self._place)])
        number = values["phone"]
        return Accepted(
            enquiry=_enquiry(values),
            fingerprint=fingerprint({name: values[name] for name in names - _ABOUT_IT if values[name]}),
            phone_as_written=phone.as_written(number, context.country) if number else None,
            phone_as_typed=_typed_without_country(given["phone"]) if number else None,
            replaces=values["replaces"],
            honeypot=values[HONEYPOT],
        )

    def _place(self, fault: tuple[str, FieldCode]) -> int:
        return self._fields.index(fault[0]) if fault[0] in self._fields else len(self._fields)


def _faults_between(given: Mapping[str, Any]) -> Iterator[tuple[str, FieldCode]]:
    """Faults that no field has by itself. Found beside the others, so that nobody has to send the form twice."""
    if "phone" not in given and "email" not in given:
        yield "phone", FieldCode.CONTACT_NEEDED
    elif (wanted := given.get("preferred_contact")) in ("phone", "email") and wanted not in given:
        yield wanted, FieldCode.PREFERRED_BUT_MISSING


def _faults(error: ValidationError) -> dict[str, FieldCode]:
    """The first fault that pydantic found in each field."""
    found: dict[str, FieldCode] = {}
    for each in error.errors(include_url=False):
        code = _CODES.get(each["type"])
        if each["type"] == "value_error":
            fault = each["ctx"]["error"]
            code = fault.code if isinstance(fault, Fault) else None
        elif each["type"] == "literal_error" and not isinstance(each["input"], str):
            code = FieldCode.WRONG_TYPE
        if code is None:
            raise TypeError(f"no code for pydantic's {each['type']}")
        found.setdefault(str(each["loc"][0]), code)
    return found


def _enquiry(values: Mapping[str, Any]) -> Enquiry:
    number, _, extension = (values["phone"] or "").partition(phone.EXTENSION)
    own = {name: values[name] for name in _OWN & values.keys()}
    own |= {
        "phone": number or None,
        "phone_extension": extension or None,
        "preferred_contact": values["preferred_contact"] or ("phone" if number else "email"),
        "more": {name: value for name, value in values.items() if value is not None and name not in KNOWN},
    }
    return Enquiry(**own)


def _typed_without_country(text: str) -> str | None:
    return None if phone.names_its_country(text) else clean_plain_line(text)


def _with_checks(part: Any) -> Any:
    match part:
        case {"check": str(name)}:
            return getattr(checks, name)
        case dict():
            return {name: _with_checks(each) for name, each in part.items()}
        case list():
            return [_with_checks(each) for each in part]
    return part


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not clean_plain_line(value)
