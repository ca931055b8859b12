"""The practice: one file says who it is, and nothing else in the project does.

`shared/practice.toml` is read and checked when the site is compiled (`infra/site/sources/practice_file.py`). A function
reads the result, and does not check again what cannot have changed. What the practice is made of are named tuples:
`leads` loads them in its cold start, and a dataclass takes five times as long to be made.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.errors import ConfigurationError
from shared.settings import compiled

WEEK: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_AHEAD: Final = timedelta(days=60)


class Practitioner(NamedTuple):
    """Who treats, and who signs the article; `credentials` are the letters behind the name."""

    id: str
    name: str
    title: str
    credentials: tuple[str, ...]


class Address(NamedTuple):
    """A postal address; `country` is ISO 3166-1 alpha-2, and telephone numbers without a prefix are read as its own."""

    street: str
    locality: str
    region: str
    postal_code: str
    country: str


class Hours(NamedTuple):
    """Opening hours on some days (English, as in schema.org), in the practice's time zone."""

    days: tuple[str, ...]
    opens: str
    closes: str


class Closure(NamedTuple):
    """Days on which the practice is closed, the last included, as ISO dates."""

    first: str
    last: str


class SpecialHours(NamedTuple):
    """Opening hours on one date (ISO), in place of those of its day of the week."""

    date: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice file, field by field; the file itself explains each.

    `utc_offsets` are its time zone's, as `infra/site/sources/zone.py` has them.
    """

    name: str
    origin: str
    language: str
    locales: tuple[str, ...]
    phone: str
    time_zone: str
    region: str
    emergency_number: str
    practitioner: Practitioner
    address: Address
    hours: tuple[Hours, ...]
    special_hours: tuple[SpecialHours, ...]
    closed: tuple[Closure, ...]
    answer_within: float
    remind_after: tuple[float, ...]
    keep_days: int
    allowed_origins: tuple[str, ...]
    utc_offsets: tuple[tuple[int, int], ...]


def year_without_closures(practice: Practice, now: float) -> int | None:
    """The year that the day sixty days from `now` (seconds since the epoch) is in, if no closed day in it is known."""
    year = (datetime.fromtimestamp(now, UTC) + _AHEAD).year
    known = any(int(each.first[:4]) <= year <= int(each.last[:4]) for each in practice.closed)
    return None if known else year


def read_compiled() -> Practice:
    """The practice as the build checked it.

    Raises:
        ConfigurationError: The package lacks it.
    """
    path = compiled() / "practice.json"
    try:
        return from_document(json.loads(path.read_bytes()))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing: compile the task root first") from error


def from_document(document: Mapping[str, Any]) -> Practice:
    """The practice that a checked document, such as `practice.json`, describes."""
    return Practice(
        **_with_tuples(document)
        | {
            "practitioner": Practitioner(**_with_tuples(document["practitioner"])),
            "address": Address(**document["address"]),
            "hours": tuple(Hours(**_with_tuples(hours)) for hours in document["hours"]),
            "special_hours": tuple(SpecialHours(**hours) for hours in document["special_hours"]),
            "closed": tuple(Closure(**closure) for closure in document["closed"]),
            "utc_offsets": tuple((start, offset) for start, offset in document["utc_offsets"]),
        }
    )


def _with_tuples(document: Mapping[str, Any]) -> dict[str, Any]:
    # JSON has no tuples; a frozen value should hold nothing that can be changed.
    return {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}
