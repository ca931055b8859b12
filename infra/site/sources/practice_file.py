"""Reads and checks `shared/practice.toml` when the site is compiled; `shared/practice.py` has what comes of it."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from infra.site.errors import ContentError, fault
from infra.site.places import Places
from infra.site.sources.model import Model
from shared.practice import Practice, from_document

SOURCE = Places().practice


def _like(example: str, pattern: str) -> AfterValidator:
    """A string that matches `pattern` from end to end; `example` is what the error shows."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise _wrong(f"{text!r} should look like {example!r}")
        return text

    return AfterValidator(check)


def _wrong(message: str) -> PydanticCustomError:
    # Not a ValueError, before whose words pydantic puts "Value error".
    return PydanticCustomError("practice", "{message}", {"message": message})


Text = Annotated[str, _like("some text", r"\S(.*\S)?")]
Time = Annotated[str, _like("08:30", r"([01]\d|2[0-3]):[0-5]\d")]
Locale = Annotated[str, _like("zh-Hant", r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")]
Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class PractitionerTable(Model):
    """The table `[practitioner]`."""

    id: Annotated[str, _like("byron-lam", r"[a-z0-9]+(-[a-z0-9]+)*")]
    name: Text
    title: Text
    credentials: tuple[Text, ...]
    license_number: Annotated[str, _like("DC-12345", r"[A-Z0-9]+([ ./-][A-Z0-9]+)*")] | None = None
    degree: Text | None = None
    board_certification: Text | None = None
    needling_training: Text | None = None


class AddressTable(Model):
    """The table `[address]`."""

    street: Text
    locality: Text
    region: Text
    postal_code: Text
    country: Annotated[str, _like("US", r"[A-Z]{2}")]

    @field_validator("country")
    @classmethod
    def _has_telephones(cls, country: str) -> str:
        if country not in SUPPORTED_REGIONS:
            raise _wrong(f"{country!r} is no country with telephone numbers")
        return country


class HoursTable(Model):
    """One `[[hours]]`."""

    days: tuple[Day, ...]
    opens: Time
    closes: Time

    @field_validator("closes")
    @classmethod
    def _after_opening(cls, closes: str, hours: ValidationInfo) -> str:
        opens = hours.data.get("opens", "")
        if closes <= opens:
            raise _wrong(f"{closes}, which is not after it opens at {opens}")
        return closes


class PracticeFile(Model):
    """The whole file. Its own comments explain each field."""

    name: Text
    origin: Annotated[str, _like("https://www.example.com", r"https?://[a-z0-9.-]+(:\d+)?")]
    # Before the language, which is checked against them.
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)]
    language: Locale
    phone: Annotated[str, _like("+16025550142", r"\+[1-9]\d{6,14}")]
    time_zone: Text
    region: Annotated[str, _like("US-AZ", r"[A-Z]{2}-[A-Z0-9]{1,3}")]
    emergency_number: Annotated[str, _like("911", r"\d{2,5}")]
    practitioner: PractitionerTable
    address: AddressTable
    hours: tuple[HoursTable, ...]

    @field_validator("locales")
    @classmethod
    def _differ(cls, locales: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(locales)) != len(locales):
            raise _wrong("a locale is named twice")
        return locales

    @field_validator("language")
    @classmethod
    def _is_published(cls, language: str, practice: ValidationInfo) -> str:
        if language not in practice.data.get("locales", (language,)):
            raise _wrong(f"{language!r} is not among locales")
        return language

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, time_zone: str) -> str:
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise _wrong(f"{time_zone!r} is no zone of the IANA time zone database") from None
        return time_zone


def load(path: Path = SOURCE) -> Practice:
    """Read and check a practice file.

    Raises:
        ContentError: It is no TOML or has faults. Each is named by file and field.
    """
    try:
        checked = PracticeFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ContentError([fault(path, None, "TOML", str(error))]) from error
    except ValidationError as error:
        raise ContentError(
            fault(path, None, ".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()
        ) from error
    return from_document(checked.model_dump())
