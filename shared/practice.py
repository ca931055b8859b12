"""The practice: one file says who it is, and nothing else in the project does.

`load` reads and checks `shared/practice.toml` when the site is compiled, with pydantic. `read_compiled` reads the
checked result at run time without it, because a hundred milliseconds of every cold start would go into checking
again what cannot have changed.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from shared.errors import ConfigurationError
from shared.settings import compiled

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

SOURCE = Path(__file__).with_name("practice.toml")

Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True, slots=True)
class Matching:
    """A string that matches `pattern` from end to end; `example` is what the error shows."""

    pattern: str
    example: str

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, text: str) -> str:
        import re

        from pydantic_core import PydanticCustomError

        if not re.fullmatch(self.pattern, text):
            # Not a ValueError, before whose words pydantic puts "Value error".
            words = {"text": repr(text), "example": repr(self.example)}
            raise PydanticCustomError("form", "{text} should look like {example}", words)
        return text


Text = Annotated[str, Matching(r"\S(.*\S)?", "some text")]
Time = Annotated[str, Matching(r"([01]\d|2[0-3]):[0-5]\d", "08:30")]
_STRICT = {"extra": "forbid"}

Locale = Annotated[str, Matching(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", "zh-Hant")]


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Who treats, and who signs the article.

    What is None is nowhere claimed. All but the number is shown as it is written here, in the practice's language.
    """

    __pydantic_config__ = _STRICT

    id: Annotated[str, Matching(r"[a-z0-9]+(-[a-z0-9]+)*", "byron-lam")]
    name: Text
    title: Text
    credentials: tuple[Text, ...]
    license_number: Annotated[str, Matching(r"[A-Z0-9]+([ ./-][A-Z0-9]+)*", "DC-12345")] | None = None
    degree: Text | None = None
    board_certification: Text | None = None
    needling_training: Text | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2, and telephone numbers without a prefix are read as its own."""

    __pydantic_config__ = _STRICT

    street: Text
    locality: Text
    region: Text
    postal_code: Text
    country: Annotated[str, Matching(r"[A-Z]{2}", "US")]


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours on some days, in the practice's time zone."""

    __pydantic_config__ = _STRICT

    days: tuple[Day, ...]
    opens: Time
    closes: Time


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice file, field by field; the file itself explains each."""

    __pydantic_config__ = _STRICT

    name: Text
    origin: Annotated[str, Matching(r"https?://[a-z0-9.-]+(:\d+)?", "https://www.example.com")]
    language: Locale
    locales: tuple[Locale, ...]
    phone: Annotated[str, Matching(r"\+[1-9]\d{6,14}", "+16025550142")]
    time_zone: Text
    region: Annotated[str, Matching(r"[A-Z]{2}-[A-Z0-9]{1,3}", "US-AZ")]
    emergency_number: Annotated[str, Matching(r"\d{2,5}", "911")]
    practitioner: Practitioner
    address: Address
    hours: tuple[Hours, ...]


def load(path: Path = SOURCE) -> Practice:
    """Read and check the practice file. Raises ConfigurationError that names file and field for every fault."""
    import tomllib

    from pydantic import TypeAdapter, ValidationError

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        practice = TypeAdapter(Practice).validate_python(document)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ConfigurationError("\n".join(f"{path}: {fault}" for fault in faults)) from error
    for field, fault in _contradictions(practice):
        raise ConfigurationError(f"{path}: {field}: {fault}")
    return practice


@cache
def read_compiled() -> Practice:
    """The practice as the build checked it. Raises ConfigurationError where the package lacks it."""
    path = compiled() / "practice.json"
    try:
        document = json.loads(path.read_bytes(), object_hook=_with_tuples)
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing: compile the task root first") from error
    return Practice(
        **document
        | {
            "practitioner": Practitioner(**document["practitioner"]),
            "address": Address(**document["address"]),
            "hours": tuple(Hours(**hours) for hours in document["hours"]),
        }
    )


def _with_tuples(document: dict[str, Any]) -> dict[str, Any]:
    # JSON has no tuples; a frozen value should hold nothing that can be changed.
    return {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}


def _contradictions(practice: Practice) -> list[tuple[str, str]]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from phonenumbers import SUPPORTED_REGIONS

    faults = []
    if practice.address.country not in SUPPORTED_REGIONS:
        faults.append(("address.country", f"{practice.address.country!r} is no country with telephone numbers"))
    try:
        ZoneInfo(practice.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        faults.append(("time_zone", f"{practice.time_zone!r} is no zone of the IANA time zone database"))
    if practice.language not in practice.locales:
        faults.append(("language", f"{practice.language!r} is not among locales"))
    if len(set(practice.locales)) != len(practice.locales):
        faults.append(("locales", "a locale is named twice"))
    if not practice.locales:
        faults.append(("locales", "at least one locale is needed"))
    for number, hours in enumerate(practice.hours):
        if hours.opens >= hours.closes:
            faults.append((f"hours.{number}", f"closes at {hours.closes}, not after it opens at {hours.opens}"))
    return faults
