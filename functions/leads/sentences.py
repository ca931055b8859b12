"""What a visitor is told about a request that was not taken, in their language."""

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Final, NamedTuple

from functions.leads.codes import FieldCode, RequestCode
from functions.leads.errors import FieldFault
from shared.errors import FieldError
from shared.messages import mark as _

# Where a field has a sentence of its own for a code.
_OF_FIELDS: Final = {
    ("name", FieldCode.REQUIRED): _("Enter your name."),
    ("name", FieldCode.TOO_LONG): _("Your name can have at most {limit} characters."),
    ("phone", FieldCode.TOO_LONG): FieldCode.NOT_A_PHONE_NUMBER.sentence,
    ("email", FieldCode.TOO_LONG): FieldCode.NOT_AN_EMAIL.sentence,
    ("email", FieldCode.MORE_THAN_ONE): _("Enter one email address only. Anything else can go in the message."),
    ("email", FieldCode.PREFERRED_BUT_MISSING): _("Enter your email address, or choose to be called."),
    ("message", FieldCode.TOO_LONG): _("Your message can have at most {limit} characters."),
    ("consent", FieldCode.REQUIRED): FieldCode.CONSENT_NEEDED.sentence,
    ("article", FieldCode.NOT_A_CHOICE): _("There is no such article."),
    ("locale", FieldCode.NOT_A_CHOICE): _("The practice has no pages in this language."),
}

# What the page's own script can find (assets/enquiry.js). What only the server finds, it says itself.
FOUND_BY_SCRIPT: Final = frozenset(
    [
        FieldCode.REQUIRED,
        FieldCode.TOO_LONG,
        FieldCode.NOT_A_NAME,
        FieldCode.CONTACT_NEEDED,
        FieldCode.PREFERRED_BUT_MISSING,
        FieldCode.NOT_A_PHONE_NUMBER,
        FieldCode.COUNTRY_CODE_NEEDED,
        FieldCode.MORE_THAN_ONE,
        FieldCode.NOT_AN_EMAIL,
        FieldCode.STRAY_CHARACTER,
    ]
)

_TITLES: Final = {
    400: _("The request cannot be read"),
    405: _("Method not allowed"),
    413: _("The request is too large"),
    415: _("Unsupported kind of content"),
    422: _("Please check your answers"),
    500: _("Something went wrong"),
    503: _("Temporarily not available"),
}


def unbroken(number: str) -> str:
    """A telephone number, or another short piece, with spaces and hyphens at which no line ends."""
    return number.replace(" ", "\u00a0").replace("-", "\u2011")


def number_in_text(number: str) -> str:
    """A telephone number for a sentence: on one line, and read from left to right in every script (UAX #9, LRI)."""
    return f"\u2066{unbroken(number)}\u2069"


class Sentences(NamedTuple):
    """What is said in one language.

    Attributes:
        catalogue: The language's messages.
        example: A telephone number of the practice's country, as it is written there.
        abroad: One of a country where readers may call from, as it is written anywhere.
        limits: How many characters a field takes at most.
    """

    catalogue: NullTranslations
    example: str
    abroad: str
    limits: Mapping[str, int]

    def of_field(self, fault: FieldFault) -> FieldError:
        """The error to show for a field."""
        # A name that the sender made up is shown back harmlessly: cut short, and nothing but ASCII.
        shown = fault.field[:40].encode("ascii", "backslashreplace").decode()
        return FieldError(shown, fault.code, self._say(*fault))

    def of_page(self) -> dict[str, str]:
        """Those that the page's own script needs, so that it says what the server would say.

        By code, and by `field code` where a field has its own.
        """
        pairs = [*(("", code) for code in FieldCode), *_OF_FIELDS]
        return {f"{field} {code}".strip(): self._say(field, code) for field, code in pairs if code in FOUND_BY_SCRIPT}

    def _say(self, field: str, code: FieldCode) -> str:
        sentence = self.catalogue.gettext(_OF_FIELDS.get((field, code), code.sentence))
        return sentence.format(
            example=number_in_text(self.example),
            abroad=number_in_text(self.abroad),
            limit=self.limits.get(field, ""),
        )


def title(status: int, catalogue: NullTranslations) -> str:
    """A short name for the kind of problem."""
    return catalogue.gettext(_TITLES[status])


def detail(code: RequestCode, catalogue: NullTranslations, *, phone: str) -> str:
    """One sentence on what is wrong with the request. `phone` is the practice's, as people write it."""
    return catalogue.gettext(code.sentence).format(phone=number_in_text(phone))
