"""The form: its fields in their order, and what each must hold. The API's description is made from this table too.

Plain Python, because a visitor waits for it: importing pydantic takes longer than a bare function takes to start.
Types are strict, so that JSON's `"true"` is no consent.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from functions.leads import address
from functions.leads.text import clean_line, clean_lines, clean_plain_line, is_letter
from shared.campaign import MAX_TAG_LENGTH, SOURCE_TAGS
from shared.consent import CONSENT_VERSION


class Unacceptable(Exception):
    """A value that its field cannot take. `code` is part of the API's contract."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Kind(Protocol):
    """What a field takes."""

    def read(self, value: Any) -> Any:
        """The value to keep of one that was sent. Raises Unacceptable."""


class Text(NamedTuple):
    """A string, counted in characters as `clean` leaves it, and then held against `pattern` from end to end."""

    clean: Callable[[str], str] = str
    max_length: int | None = None
    pattern: str | None = None

    def read(self, value: Any) -> str:
        """Raises Unacceptable: wrong_type, too_long, wrong_form."""
        if not isinstance(value, str):
            raise Unacceptable("wrong_type")
        text = self.clean(value)
        if self.max_length is not None and len(text) > self.max_length:
            raise Unacceptable("too_long")
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            raise Unacceptable("wrong_form")
        return text


class Name(NamedTuple):
    """What somebody is called: from one letter on, in any script, with whatever else belongs to it.

    https://www.w3.org/International/questions/qa-personal-names
    """

    max_length: int = 80

    def read(self, value: Any) -> str:
        """Raises Unacceptable: wrong_type, too_long, not_a_name."""
        name = Text(clean_line, max_length=self.max_length).read(value)
        if not any(map(is_letter, name)):
            raise Unacceptable("not_a_name")
        return name


class Email(NamedTuple):
    """An address in the form of one, which is no promise of delivery."""

    max_length: int = 254

    def read(self, value: Any) -> str:
        """Raises Unacceptable: wrong_type, too_long, more_than_one, stray_character, not_an_email."""
        typed = address.tidied(Text(clean_plain_line, max_length=self.max_length).read(value))
        if address.are_several(typed):
            raise Unacceptable("more_than_one")
        if address.has_stray_character(typed):
            raise Unacceptable("stray_character")
        if not (sent_to := address.read(typed)):
            raise Unacceptable("not_an_email")
        return sent_to


class Choice(NamedTuple):
    """One of some strings."""

    options: tuple[str, ...]

    def read(self, value: Any) -> str:
        """Raises Unacceptable: wrong_type, not_a_choice."""
        if not isinstance(value, str):
            raise Unacceptable("wrong_type")
        if value not in self.options:
            raise Unacceptable("not_a_choice")
        return value


class Agreement(NamedTuple):
    """A box that must be ticked."""

    def read(self, value: Any) -> bool:
        """Raises Unacceptable: wrong_type, consent_needed."""
        if not isinstance(value, bool):
            raise Unacceptable("wrong_type")
        if not value:
            raise Unacceptable("consent_needed")
        return value


class Tags(NamedTuple):
    """Values by name, where only some names are known."""

    names: tuple[str, ...]
    value: Text

    def read(self, value: Any) -> dict[str, str]:
        """Raises Unacceptable: wrong_type, unknown_field, too_long."""
        if not isinstance(value, dict):
            raise Unacceptable("wrong_type")
        if not value.keys() <= set(self.names):
            raise Unacceptable("unknown_field")
        tags = {name: self.value.read(each) for name, each in value.items() if each is not None}
        return {name: tag for name, tag in tags.items() if tag}


class Field(NamedTuple):
    """A field of the form. `default` is what it holds when nothing was given."""

    kind: Kind
    required: bool = False
    default: Any = None


FORM: Final[Mapping[str, Field]] = {
    "name": Field(Name(), required=True),
    "phone": Field(Text(clean_plain_line, max_length=40)),
    "email": Field(Email()),
    "preferred_contact": Field(Choice(("phone", "email"))),
    "preferred_time": Field(Choice(("morning", "afternoon", "evening", "any")), default="any"),
    "message": Field(Text(clean_lines, max_length=1000)),
    "consent": Field(Agreement(), required=True),
    "locale": Field(Text(), required=True),
    "article": Field(Text(), required=True),
    "source": Field(Tags(SOURCE_TAGS, Text(clean_line, max_length=MAX_TAG_LENGTH)), default={}),
    "consent_version": Field(Text(pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), default=CONSENT_VERSION),
    # The Idempotency-Key of an earlier attempt that this one corrects: who lost the answer cannot know the reference.
    "replaces": Field(Text(max_length=255, pattern=r"[ -~]+")),
    # The honeypot, a field like the others to a program. People never see it, and it is no part of the contract.
    "aside": Field(Text()),
}
HONEYPOT: Final = "aside"


def read(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every field's value, and the code of what is wrong with it by field, in the form's order; unknown fields last."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, (kind, required, default) in FORM.items():
        if name not in given:
            if required:
                faults[name] = "required"
            values[name] = default
            continue
        try:
            values[name] = kind.read(given[name])
        except Unacceptable as reason:
            faults[name] = reason.code
    return values, faults | {name: "unknown_field" for name in given if name not in FORM}
