"""The practice: one file says who it is, and nothing else in the project does.

`shared/practice.toml` is read and checked when the site is compiled (`infra/site/sources/practice_file.py`). A function
reads the result, and does not check again what cannot have changed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import ConfigurationError
from shared.settings import compiled


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Who treats, and who signs the article.

    What is None is nowhere claimed. All but the number is shown as it is written here, in the practice's language.
    """

    id: str
    name: str
    title: str
    credentials: tuple[str, ...]
    license_number: str | None = None
    degree: str | None = None
    board_certification: str | None = None
    needling_training: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2, and telephone numbers without a prefix are read as its own."""

    street: str
    locality: str
    region: str
    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours on some days (English, as in schema.org), in the practice's time zone."""

    days: tuple[str, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice file, field by field; the file itself explains each."""

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
        }
    )


def _with_tuples(document: Mapping[str, Any]) -> dict[str, Any]:
    # JSON has no tuples; a frozen value should hold nothing that can be changed.
    return {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}
