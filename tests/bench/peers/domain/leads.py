"""The lead: what the form must hold, and the item that is stored."""

import time
from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from shared.lead import (
    SECONDS_PER_DAY,
    Enquiry,
    Lead,
    fingerprint,
    identity_of_content,
    identity_of_key,
    reference_of,
    timestamp,
)

from .pages import SITE

_KEEP_DAYS = 365

type SourceTag = Literal["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]


def _email(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if not local or "." not in domain or any(letter.isspace() for letter in address):
        raise ValueError("not an e-mail address")
    return f"{local}@{domain.lower()}"


class LeadForm(BaseModel):
    """The body of `POST /api/leads`."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=2, max_length=80)]
    phone: Annotated[str, Field(max_length=40)] | None = None
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)] | None = None
    preferred_contact: Literal["phone", "email"] | None = None
    preferred_time: Literal["morning", "afternoon", "evening", "any"] = "any"
    topic: Literal["first_visit", "price", "suitability", "other"] | None = None
    message: Annotated[str, Field(max_length=1000)] | None = None
    consent: Literal[True]
    locale: str
    article: str
    source: dict[SourceTag, Annotated[str, Field(max_length=100)]] = {}
    consent_version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = SITE["consent_version"]
    aside: str | None = None

    @field_validator("phone")
    @classmethod
    def _as_e164(cls, text: str | None) -> str | None:
        if text is None:
            return None
        try:
            number = phonenumbers.parse(text, SITE["country"])
        except phonenumbers.NumberParseException as error:
            raise ValueError("not a phone number") from error
        if not phonenumbers.is_possible_number(number):
            raise ValueError("not a phone number")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if not (self.phone or self.email) or (self.preferred_contact and not getattr(self, self.preferred_contact)):
            raise ValueError("a way to answer is needed")
        if self.locale not in SITE["locales"] or self.article not in SITE["articles"]:
            raise ValueError("no such article")
        return self


def new_lead(form: LeadForm, key: str | None) -> Lead:
    """The lead of a form that was sent now, with its `Idempotency-Key` if it had one."""
    now = time.time()
    enquiry = Enquiry(
        **form.model_dump(exclude={"preferred_contact", "topic", "consent", "aside"}),
        more={"topic": form.topic} if form.topic else {},
        preferred_contact=form.preferred_contact or ("phone" if form.phone else "email"),
        phone_extension=None,
    )
    digest = fingerprint(asdict(enquiry))
    id = (identity_of_key(key.strip('"')) if key else identity_of_content(digest, now)).id  # noqa: A001
    return Lead(
        id=id,
        reference=reference_of(id),
        enquiry=enquiry,
        fingerprint=digest,
        article_revision=SITE["articles"][form.article].get(form.locale, ""),
        consent_id=SITE["consent_id"],
        stored_at=timestamp(now),
        expires_at=int(now) + _KEEP_DAYS * SECONDS_PER_DAY,
        phone_as_written=_as_written(form.phone),
    )


def _as_written(phone: str | None) -> str | None:
    if phone is None:
        return None
    number = phonenumbers.parse(phone)
    is_own = number.country_code == phonenumbers.country_code_for_region(SITE["country"])
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if is_own else style.INTERNATIONAL)


def item_of(lead: Lead) -> dict[str, Any]:
    """The lead as an item, in Python's own types."""
    values = asdict(lead)
    values |= values.pop("enquiry")
    keys = {"pk": f"LEAD#{lead.id}", "sk": "LEAD", "alert_owed": "alert", "alert_next_at": 0}
    return keys | {name: value for name, value in values.items() if value not in (None, (), {})}
