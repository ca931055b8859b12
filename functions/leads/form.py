"""The form: its fields in their order, and what each takes. Everything that knows a field has it from here.

The site compiler makes from it the schema that `leads` validates with, the API's description, what the page and its
script know of the fields, and the table in docs/api.md. Importing pydantic takes longer than a bare function takes to
start, so `leads` has the schema alone, compiled ahead (`enquiry.py`, docs/decisions). Types are strict: JSON's `"true"`
is no consent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from functions.leads import checks
from shared.campaign import MAX_TAG_LENGTH, SOURCE_TAGS
from shared.consent import CONSENT_VERSION


@dataclass(frozen=True)
class Text:
    """A string, of which `clean` leaves at most `max_length` characters, and those in the form of `pattern`."""

    clean: Callable[[Any], Any] | None = None
    max_length: int | None = None
    pattern: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Clean first and count then. What is cleaned may hold half a character, which is no string to pydantic."""
        if handler(source)["type"] != "str":
            raise TypeError("Text stands before whatever else a field is held to")
        counted = core_schema.str_schema(max_length=self.max_length, pattern=self.pattern)
        return core_schema.no_info_before_validator_function(self.clean, counted) if self.clean else counted


Name = Annotated[str, Text(checks.line, max_length=80), AfterValidator(checks.has_a_letter)]
Phone = Annotated[str, Text(checks.plain_line, max_length=40), AfterValidator(checks.is_phone)]
Email = Annotated[str, Text(checks.plain_line, max_length=254), AfterValidator(checks.is_email)]
Message = Annotated[str, Text(checks.lines, max_length=1000)]
Consent = Annotated[bool, AfterValidator(checks.is_consent)]
Locale = Annotated[str, AfterValidator(checks.is_locale)]
Article = Annotated[str, AfterValidator(checks.is_article)]
Tag = Annotated[str, Text(checks.line, max_length=MAX_TAG_LENGTH)]
Tags = Annotated[dict[str, Tag | None], BeforeValidator(checks.have_known_names), AfterValidator(checks.without_blanks)]


class Form(BaseModel):
    """An enquiry as it is sent; blank and null count as not given. The order is that of the page and of its errors.

    The descriptions are for docs/api.md.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name = Field(description="from one letter on, in any script")
    phone: Phone | None = Field(
        None,
        description="this or `email`. One number that can be dialled, with its area code; without `+` it is one of the "
        "practice's country. Digits of any script, words around it, extensions and obsolete prefixes are understood",
    )
    email: Email | None = Field(
        None,
        description="this or `phone`. One address, with letters of any script, without a quoted part before the `@`; "
        "it is kept as it is sent to, its domain in ASCII",
    )
    preferred_contact: Literal["phone", "email"] | None = Field(
        None, description="by default the phone, if it was given"
    )
    topic: Literal["first_visit", "price", "suitability", "other"] | None = Field(
        None, description="what it is about; where it is left out, nobody said, or nobody was asked yet"
    )
    message: Message | None = None
    preferred_time: Literal["morning", "afternoon", "evening", "any"] = "any"
    consent: Consent = Field(description="`true`")
    locale: Locale = Field(description="one of the practice's locales, as it is spelt in the pages' addresses")
    article: Article = Field(description="the slug of the article that was read")
    source: Tags = Field(
        {},
        description=f"{', '.join(f'`{tag}`' for tag in SOURCE_TAGS)}, each at most {MAX_TAG_LENGTH} characters; in a "
        "form these are fields of their own, and what is longer is cut",
    )
    consent_version: Annotated[str, Text(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] = Field(
        CONSENT_VERSION,
        description="the version (a date) of the consent text that was shown; by default the current one",
    )
    replaces: Annotated[str, Text(max_length=255, pattern=r"^[ -~]+$")] | None = Field(
        None,
        description="the `Idempotency-Key`, without quotes, of an earlier enquiry that this one corrects",
    )
    # The honeypot, a field like the others to a program. People never see it, and it is no part of the contract.
    aside: Annotated[str, Text(checks.line)] | None = Field(
        None, description="leave it out: with it an enquiry is stored, and the practice is not alerted"
    )
