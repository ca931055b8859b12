"""The bodies of `POST /api/leads` as JSON Schema, from the form that `leads` validates with.

What a program sends by these schemas is taken, and what breaks them is refused. Three things are understood that no
schema can say, and they are for what people type: other spellings of telephone numbers and of e-mail addresses, and
characters that only count once they are put together (NFC) or that stand at the ends of a message's lines.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, override

import phonenumbers
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from functions.leads import checks
from functions.leads.enquiry import HONEYPOT
from functions.leads.form import Form
from infra.site.outputs.compiled_form import core_schemas, limits
from shared.campaign import SOURCE_TAGS
from shared.text import clean_plain_line

type Schema = dict[str, Any]
type Clean = Callable[[str], str]
type Check = Callable[..., Any]
type Describe = Callable[[Schema], Schema]

# To many validators a format is no more than a word. "=?" begins an encoded word (`shared.email_address`).
_EMAIL = {"type": "string", "format": "email", "pattern": r"^(?:[^@\s=]|=+[^@\s=?])+=*@[^@\s=]+$"}
_CONTACTS = ("phone", "email")
# NPA-NXX-XXXX with N from 2 to 9, where N11 is no area (https://www.nanpa.com/numbering).
_AREA, _LINE = "[2-9](?:[02-9][0-9]|1[02-9])", "[2-9][0-9]{2}"
_NORTH_AMERICAN = f"{_AREA}{_LINE}[0-9]{{4}}"
_WRITTEN_THERE = rf"^\(?{_AREA}\)?[-. ]?{_LINE}[-. ]?[0-9]{{4}}$"
# As `shared.text.is_letter` has it: no mark, digit or sign, nothing that is never seen. What no standard knows
# yet may be a letter.
_WITH_A_LETTER = (
    r"[^\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cc}\p{Cf}\u115f\u1160\u2065\u3164\ufdd0-\ufdef\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff]"
)


def lead_schemas(locales: Sequence[str], articles: Sequence[str], country: str) -> dict[str, Schema]:
    """The components `Lead` (JSON), `LeadForm` (a form) and those that they refer to.

    The honeypot is left out: it is no part of the contract.

    Args:
        locales: The practice's.
        articles: The slugs of what is published.
        country: The practice's, ISO 3166-1 alpha-2.

    Raises:
        PydanticInvalidForJsonSchema: A field has a check that is not described here.
    """
    checked: dict[Check, Describe] = {
        checks.is_locale: lambda _: _one_of(locales),
        checks.is_article: lambda _: _one_of(articles),
    }
    in_form = checked | {checks.is_consent: lambda _: _one_of(("true", "on"))}
    tags = {tag: {"type": "string", "description": "Cut to 100 characters; JSON's `source`."} for tag in SOURCE_TAGS}
    return {
        "Lead": _object(_Description(checked, _ref("NotGiven"))),
        "LeadForm": _object(_Description(in_form, _ref("Blank")), {"source": None, **tags}),
        "Phone": _phone(country),
        "NotGiven": {"anyOf": [{"type": "null"}, _ref("Blank")], "description": "Counts as left out."},
        "Blank": _blank(),
    }


class _Description(GenerateJsonSchema):
    """Describes fields.

    Args:
        checked: What a check makes of a field's schema, where that depends on the practice or on the kind of body.
        not_given: What stands for a field that is left out.
    """

    def __init__(self, checked: Mapping[Check, Describe], not_given: Schema) -> None:
        super().__init__()
        self._checked: Mapping[Check, Describe] = {
            checks.has_a_letter: lambda text: {"allOf": [text, {"pattern": _WITH_A_LETTER}]},
            checks.is_email: lambda _: {**_EMAIL, "maxLength": limits()["email"]},
            checks.is_phone: lambda _: _ref("Phone"),
            checks.is_consent: lambda box: {**box, "const": True},
            checks.without_blanks: _with_known_names,
            **checked,
        }
        self.not_given = not_given

    @override
    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> Schema:
        check = schema["function"]["function"]
        if check not in self._checked:
            raise PydanticInvalidForJsonSchema(f"no JSON Schema says what {check} checks")
        return self._checked[check](self.generate_inner(schema["schema"]))

    @override
    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        inner: Any = schema["schema"]
        if "max_length" not in inner:
            return self.generate_inner(inner)
        clean: Any = schema["function"]["function"]
        return _cleaned(clean, inner["max_length"])

    @override
    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        kind = schema["schema"]
        given = self.generate_inner(kind["schema"] if kind["type"] == "nullable" else kind)
        return {"anyOf": [given, self.not_given], "default": schema["default"]}


def _with_known_names(tags: Schema) -> Schema:
    properties = dict.fromkeys(SOURCE_TAGS, tags["additionalProperties"])
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _object(description: _Description, other: Mapping[str, Schema | None] | None = None) -> Schema:
    """The whole form; `other` are properties in the place of the form's, None for one that is left out."""
    properties: dict[str, Any] = {name: description.generate_inner(each) for name, each in core_schemas().items()}
    properties |= {HONEYPOT: None, **(other or {})}
    return {
        "type": "object",
        "properties": {name: kind for name, kind in properties.items() if kind},
        "required": [name for name, field in Form.model_fields.items() if field.is_required()],
        "anyOf": [
            {
                "description": f"With `{contact}`, which is preferred or nothing is.",
                "required": [contact],
                "properties": {
                    contact: properties[contact]["anyOf"][0],
                    "preferred_contact": {"anyOf": [{"type": "string", "const": contact}, description.not_given]},
                },
            }
            for contact in _CONTACTS
        ],
        "additionalProperties": False,
    }


def _blank() -> Schema:
    anywhere = {letter for letter in _INVISIBLE if not clean_plain_line(f"\0{letter}\0")}
    ends = _set(letter for letter in _INVISIBLE if not clean_plain_line(f"{letter}\u200d{letter}"))
    return {
        "type": "string",
        "pattern": f"^[{ends}]*[{_set(anywhere)}]*[{ends}]*$",
        "description": "Nothing to see: spaces, controls, format characters. Counts as left out.",
    }


def _cleaned(clean: Clean, longest: int) -> Schema:
    """A text of at most `longest` characters, counted as `clean` leaves them."""
    dropped = {letter for letter in _INVISIBLE if clean(f"a{letter}a") == "aa"}
    spaces = {letter for letter in _INVISIBLE if clean(f"a{letter}{letter}a") == "a a"}
    none, ends = _set(dropped), _set(_vanishing(clean))
    one = f"[^{_set(dropped | spaces)}][{none}]*"
    if spaces:
        fold = _set(dropped | spaces)
        one = f"(?:{one}|[{_set(spaces)}][{fold}]*(?![{fold}]))"
    elif clean("a\r\na") == "a\na":
        one = rf"(?:\r\n|(?!\r\n){one})"
    text = f"[^{ends}](?:[{none}]*(?:{one}){{0,{longest - 2}}}[^{ends}])?[{ends}]*"
    return {
        "type": "string",
        "pattern": f"^[{ends}]*(?:{text})?$",
        "description": f"At most {longest} characters. Neither controls nor what stands around the text count"
        f"{', nor does a second space' if spaces else ''}.",
    }


# All that a text can lose when it is cleaned, or that can be taken for a space.
_INVISIBLE = tuple(
    letter for letter in map(chr, range(0x110000)) if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Zs")
)


def _vanishing(clean: Clean) -> set[str]:
    return {letter for letter in _INVISIBLE if not clean(letter)}


def _set(letters: Iterable[str]) -> str:
    """What stands for the letters between brackets of a pattern."""
    numbers = enumerate(sorted(map(ord, letters)))
    runs = [[number for _, number in run] for _, run in groupby(numbers, lambda pair: pair[1] - pair[0])]
    return "".join(_escaped(run[0]) + (f"-{_escaped(run[-1])}" if len(run) > 1 else "") for run in runs)


def _escaped(number: int) -> str:
    return f"\\u{number:04x}" if number < 0x10000 else chr(number)


def _phone(country: str) -> Schema:
    patterns = [f"^\\+(?:{_dialled_abroad()})$"]
    if phonenumbers.country_code_for_region(country) == 1:
        patterns.append(_WRITTEN_THERE)
    return {
        "type": "string",
        "anyOf": [{"pattern": pattern} for pattern in patterns],
        "examples": [phonenumbers.format_number(number, form) for number, form in _examples(country)],
        "description": "A number that can be dialled, with its country code, or as it is written in the practice's "
        "country. Other spellings, and an extension behind the number, are understood as well.",
    }


def _examples(country: str) -> list[tuple[phonenumbers.PhoneNumber, int]]:
    number = phonenumbers.example_number(country)
    return [(number, form) for form in _EXAMPLE_FORMS] if number else []


_EXAMPLE_FORMS = (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.NATIONAL)


@cache
def _dialled_abroad() -> str:
    """Country codes, each with as many digits as numbers there have; none begins like a prefix for calls within."""
    codes: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for code, regions in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, regions[0])
        if code != 1 and metadata and metadata.general_desc:
            kind = _dialled_within(metadata.national_prefix_for_parsing), metadata.general_desc.possible_length
            codes.setdefault(kind, []).append(code)
    others = (
        f"(?:{'|'.join(map(str, found))}){prefix}(?:{_digits(lengths)})"
        for (prefix, lengths), found in sorted(codes.items())
    )
    return "|".join((f"1{_NORTH_AMERICAN}", *others))


def _dialled_within(prefix: str | None) -> str:
    """A lookahead for what `prefix` takes off a number: 8 in Belarus, 90 in Brazil. None begins with 0 or 1."""
    beginnings = [str(number) for number in range(20, 100)] if prefix else []
    taken = [each for each in beginnings if (found := re.match(prefix or "", each)) and found[0]]
    return f"(?!{'|'.join(taken)})" if taken else ""


def _digits(lengths: tuple[int, ...]) -> str:
    runs = [[length for _, length in run] for _, run in groupby(enumerate(lengths), lambda pair: pair[1] - pair[0])]
    return "|".join(f"[2-9][0-9]{{{run[0] - 1},{run[-1] - 1}}}" for run in runs)


def _one_of(values: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
