"""Reads and checks `shared/practice.toml` when the site is compiled; `shared/practice.py` has what comes of it."""

import tomllib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfoNotFoundError

from phonenumbers import SUPPORTED_REGIONS
from pydantic import Field, ValidationError, ValidationInfo, field_validator

from infra.site.errors import ContentError, fault
from infra.site.places import Places
from infra.site.sources.access_table import AccessTable
from infra.site.sources.fields import EACH_ONCE, Locale, Origin, Text, Time, like, wrong
from infra.site.sources.model import Model
from infra.site.sources.practitioner_table import PractitionerTable
from infra.site.sources.visit_table import VisitTable
from infra.site.sources.zone import utc_offsets
from shared.practice import WEEK, Practice, Practitioner, from_document

SOURCE = Places().practice

Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# What only pages show.
_ON_PAGES: Final[Any] = {
    **dict.fromkeys(("visit", "access", "answers_in", "interpreter"), True),
    "practitioner": PractitionerTable.model_fields.keys() - set(Practitioner._fields),
}


class AddressTable(Model):
    """The table `[address]`."""

    street: Text
    locality: Text
    region: Text
    postal_code: Text
    country: Annotated[str, like("US", r"[A-Z]{2}")]

    @field_validator("country")
    @classmethod
    def _has_telephones(cls, country: str) -> str:
        if country not in SUPPORTED_REGIONS:
            raise wrong(f"{country!r} is no country with telephone numbers")
        return country


class Window(Model):
    """From when until when the practice is open, on one and the same day."""

    opens: Time
    closes: Time

    @field_validator("closes")
    @classmethod
    def _after_opening(cls, closes: str, hours: ValidationInfo) -> str:
        opens = hours.data.get("opens", "")
        if closes <= opens:
            raise wrong(f"{closes}, which is not after it opens at {opens}; hours end on the day that they begin on")
        return closes


class HoursTable(Window):
    """One `[[hours]]`."""

    days: tuple[Day, ...]


class SpecialHoursTable(Window):
    """One `[[special_hours]]`."""

    date: date


class Closure(Model):
    """An entry of `closed` with more than one day."""

    first: date
    last: date

    @field_validator("last")
    @classmethod
    def _after_first(cls, last: date, closure: ValidationInfo) -> date:
        if (first := closure.data.get("first")) and last < first:
            raise wrong(f"{last} is before the first day, {first}")
        return last


class PracticeFile(Model):
    """The whole file. Its own comments explain each field."""

    name: Text
    origin: Annotated[str, like("https://www.example.com", r"https?://[a-z0-9.-]+(:\d+)?")]
    # Before the language, which is checked against them.
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)]
    language: Locale
    # After the pages' own, which is none of them.
    allowed_origins: Annotated[tuple[Origin, ...], EACH_ONCE] = ()
    phone: Annotated[str, like("+16025550142", r"\+[1-9]\d{6,14}")]
    time_zone: Text
    region: Annotated[str, like("US-AZ", r"[A-Z]{2}-[A-Z0-9]{1,3}")]
    emergency_number: Annotated[str, like("911", r"\d{2,5}")]
    practitioner: PractitionerTable
    address: AddressTable
    hours: tuple[HoursTable, ...]
    answer_within: Annotated[float, Field(gt=0, le=80)] = 4
    remind_after: Annotated[tuple[Annotated[float, Field(ge=0, le=400)], ...], Field(min_length=1)] = (0, 4, 8)
    keep_days: Annotated[int, Field(ge=30, le=3650)] = 365
    closed: tuple[Closure, ...] = ()
    # After what is closed, against which they are checked.
    special_hours: tuple[SpecialHoursTable, ...] = ()
    # What only pages show, as `practitioner` has it too.
    visit: VisitTable = VisitTable()
    access: AccessTable = AccessTable()
    answers_in: Annotated[tuple[Locale, ...], EACH_ONCE] = ()
    interpreter: Annotated[bool, Field(strict=True)] = False

    @field_validator("locales")
    @classmethod
    def _differ(cls, locales: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(locales)) != len(locales):
            raise wrong("a locale is named twice")
        return locales

    @field_validator("language")
    @classmethod
    def _is_published(cls, language: str, practice: ValidationInfo) -> str:
        if language not in practice.data.get("locales", (language,)):
            raise wrong(f"{language!r} is not among locales")
        return language

    @field_validator("allowed_origins")
    @classmethod
    def _are_others(cls, origins: tuple[str, ...], practice: ValidationInfo) -> tuple[str, ...]:
        if practice.data.get("origin") in origins:
            raise wrong("the pages' own origin needs no leave")
        return origins

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, time_zone: str) -> str:
        try:
            utc_offsets(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise wrong(f"{time_zone!r} is no zone of the IANA time zone database") from None
        return time_zone

    @field_validator("hours")
    @classmethod
    def _do_not_overlap(cls, hours: tuple[HoursTable, ...]) -> tuple[HoursTable, ...]:
        for day in WEEK:
            _check_apart(day, (each for each in hours if day in each.days))
        return hours

    @field_validator("remind_after")
    @classmethod
    def _rise(cls, hours: tuple[float, ...]) -> tuple[float, ...]:
        if any(after <= before for before, after in pairwise(hours)):
            raise wrong("each reminder comes after the one before it")
        return hours

    @field_validator("closed", mode="before")
    @classmethod
    def _days_are_closures(cls, closed: Any) -> Any:
        if not isinstance(closed, list):
            return closed
        return [{"first": each, "last": each} if isinstance(each, date) else each for each in closed]

    @field_validator("special_hours")
    @classmethod
    def _are_open(
        cls, special_hours: tuple[SpecialHoursTable, ...], practice: ValidationInfo
    ) -> tuple[SpecialHoursTable, ...]:
        for day in {each.date for each in special_hours}:
            _check_apart(str(day), (each for each in special_hours if each.date == day))
            if any(each.first <= day <= each.last for each in practice.data.get("closed", ())):
                raise wrong(f"{day} is among the closed days")
        return special_hours


def _check_apart(day: str, windows: Iterable[Window]) -> None:
    for one, other in pairwise(sorted(windows, key=lambda window: window.opens)):
        if other.opens < one.closes:
            raise wrong(f"on {day}, {one.opens} to {one.closes} and {other.opens} to {other.closes} overlap")


def load(path: Path = SOURCE) -> Practice:
    """Read and check a practice file; returns what functions know of it. Raises ContentError as `read_file` does."""
    return practice_of(read_file(path))


def read_file(path: Path = SOURCE) -> PracticeFile:
    """Read and check a practice file, with all that only pages show.

    Raises:
        ContentError: It is no TOML or has faults. Each is named by file and field.
    """
    try:
        return PracticeFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ContentError([fault(path, None, "TOML", str(error))]) from error
    except ValidationError as error:
        raise ContentError(
            fault(path, None, ".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()
        ) from error


def practice_of(file: PracticeFile) -> Practice:
    """What functions know of a practice. What only pages show stays out of it: it would be read in every cold start."""
    document = file.model_dump(mode="json", exclude=_ON_PAGES)
    document["practitioner"]["credentials"] = [each.short for each in file.practitioner.credentials]
    return from_document({**document, "utc_offsets": utc_offsets(file.time_zone)})


def document_of(practice: Practice) -> dict[str, Any]:
    """A practice as JSON has it; `from_document` reads it back."""
    return {name: _plain(value) for name, value in asdict(practice).items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return value._asdict()
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
