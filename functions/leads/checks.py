"""What the form's fields are held to, beyond types and lengths.

Each function answers the value to keep, or raises Fault. The form (`form.py`) names them, and its compiled copy finds
them here by their names (`enquiry.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.leads import address, phone
from functions.leads.codes import Fault, FieldCode
from shared.campaign import SOURCE_TAGS
from shared.text import clean_line, clean_lines, clean_plain_line, is_letter

if TYPE_CHECKING:
    from pydantic import ValidationInfo


class Context(NamedTuple):
    """What a field's check has to know of the practice, as pydantic's validation context.

    Attributes:
        country: Where a telephone number without a prefix belongs (ISO 3166-1 alpha-2).
        locales: The practice's, as tags.
        knows_article: Whether there is an article with this slug.
    """

    country: str
    locales: Sequence[str]
    knows_article: Callable[[str], bool]


def line(value: Any) -> Any:
    """One line, if it is text at all: normalised, without controls, white space folded."""
    return clean_line(value) if isinstance(value, str) else value


def plain_line(value: Any) -> Any:
    """One line without format characters, likewise."""
    return clean_plain_line(value) if isinstance(value, str) else value


def lines(value: Any) -> Any:
    """Several lines, likewise."""
    return clean_lines(value) if isinstance(value, str) else value


def has_a_letter(name: str) -> str:
    """What somebody is called: from one letter on, in any script, with whatever else belongs to it.

    https://www.w3.org/International/questions/qa-personal-names
    """
    if not any(map(is_letter, name)):
        raise Fault(FieldCode.NOT_A_NAME)
    return name


def is_email(line: str) -> str:
    """An address as it is sent to. That it has the form of one is no promise of delivery."""
    typed = address.tidied(line)
    if address.are_several(typed):
        raise Fault(FieldCode.MORE_THAN_ONE)
    if address.has_stray_character(typed):
        raise Fault(FieldCode.STRAY_CHARACTER)
    if not (sent_to := address.read(typed)):
        raise Fault(FieldCode.NOT_AN_EMAIL)
    return sent_to


def is_phone(line: str, info: "ValidationInfo[Context]") -> str:
    """A telephone number in E.164, with its extension as RFC 3966 writes it: `+16025550100;ext=12`."""
    return phone.read(line, info.context.country)


def is_consent(value: bool) -> bool:  # noqa: FBT001 (the value of a checkbox)
    """A box that must be ticked."""
    if not value:
        raise Fault(FieldCode.CONSENT_NEEDED)
    return value


def is_locale(tag: str, info: "ValidationInfo[Context]") -> str:
    """One of the practice's locales."""
    if tag not in info.context.locales:
        raise Fault(FieldCode.NOT_A_CHOICE)
    return tag


def is_article(slug: str, info: "ValidationInfo[Context]") -> str:
    """An article that there is."""
    if not info.context.knows_article(slug):
        raise Fault(FieldCode.NOT_A_CHOICE)
    return slug


def have_known_names(tags: Any) -> Any:
    """Campaign tags, of which only some are known."""
    if isinstance(tags, dict) and not tags.keys() <= set(SOURCE_TAGS):
        raise Fault(FieldCode.UNKNOWN_FIELD)
    return tags


def without_blanks(tags: Mapping[str, str | None]) -> dict[str, str]:
    """Campaign tags that say something."""
    return {name: tag for name, tag in tags.items() if tag}
