"""From the fields of a submission to an enquiry, or to its faults as stable codes.

Blank and null mean "not given" in every field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.leads import phone
from functions.leads.form import FORM, HONEYPOT, Unacceptable, read
from functions.leads.text import clean_plain_line
from shared.lead import Enquiry

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_ORDER = tuple(FORM)


class Fault(Exception):
    """The faults found, as (field, code) pairs in the form's order; a field has one at most."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class Validated(NamedTuple):
    """An enquiry, and what came with it.

    Its telephone number as people write it and as it was typed, the key of the earlier enquiry that it replaces, and
    what the honeypot caught. A number that was typed with its country is not kept as it was typed: there was nothing
    to guess.
    """

    enquiry: Enquiry
    phone_as_written: str | None
    phone_as_typed: str | None
    replaces: str | None
    honeypot: str | None


def validate(
    fields: Mapping[str, Any], *, country: str, locales: Sequence[str], knows_article: Callable[[str], bool]
) -> Validated:
    """What a submission says. Raises Fault with every fault at once.

    `country` (ISO 3166-1 alpha-2) is where a telephone number without a prefix belongs; `locales` are the practice's,
    and `knows_article(slug)` says whether there is such an article.
    """
    given = {name: value for name, value in fields.items() if value is not None and not _is_blank(value)}
    values, faults = read(given)
    faults = dict(_faults_between(given, locales, knows_article)) | faults
    line, number = values.get("phone"), None
    if line:
        try:
            number = phone.read(line, country)
        except Unacceptable as reason:
            faults["phone"] = reason.code
    if faults:
        raise Fault(sorted(faults.items(), key=lambda fault: _place(fault[0])))
    as_written = phone.as_written(number, country) if number else None
    as_typed = line if line and number and not phone.names_its_country(line) else None
    return Validated(_enquiry(values, number), as_written, as_typed, values["replaces"], values[HONEYPOT])


def _faults_between(
    given: Mapping[str, Any], locales: Sequence[str], knows_article: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Faults that no field has by itself. Found beside the others, so that nobody has to send the form twice."""
    if "phone" not in given and "email" not in given:
        yield "phone", "contact_needed"
    elif (wanted := given.get("preferred_contact")) in ("phone", "email") and wanted not in given:
        yield wanted, "preferred_but_missing"
    if isinstance(locale := given.get("locale"), str) and locale not in locales:
        yield "locale", "not_a_choice"
    if isinstance(article := given.get("article"), str) and not knows_article(article):
        yield "article", "not_a_choice"


def _enquiry(values: Mapping[str, Any], number: "PhoneNumber | None") -> Enquiry:
    return Enquiry(
        name=values["name"],
        phone=phone.e164(number) if number else None,
        phone_extension=(number.extension or None) if number else None,
        email=values["email"],
        preferred_contact=values["preferred_contact"] or ("phone" if number else "email"),
        preferred_time=values["preferred_time"],
        message=values["message"],
        locale=values["locale"],
        article=values["article"],
        source=values["source"],
        consent_version=values["consent_version"],
    )


def _place(field: str) -> int:
    return _ORDER.index(field) if field in FORM else len(_ORDER)


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not clean_plain_line(value)
