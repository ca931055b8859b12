"""Who treats: the table `[practitioner]` of the practice file.

Names of credentials, degrees and boards are proper names, shown as they are written here; the rest are numbers and
choices (`infra/site/views/person_view.py`).
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from infra.site.sources.fields import EACH_ONCE, Https, Locale, Text, like, wrong
from infra.site.sources.model import Model


class Credential(Model):
    """Letters behind a name, and what they stand for."""

    short: Text
    long: Text | None = None
    awarded_by: Text | None = None
    # Where it says what they are.
    url: Https | None = None

    @field_validator("awarded_by", "url")
    @classmethod
    def _is_of_words(cls, given: str | None, credential: ValidationInfo) -> str | None:
        if given and credential.data.get("long", ...) is None:
            raise wrong("say in `long` what the letters stand for")
        return given


def _from_letters(credential: Any) -> Any:
    return {"short": credential} if isinstance(credential, str) else credential


class PractitionerTable(Model):
    """The table `[practitioner]`. What is not given is nowhere claimed."""

    id: Annotated[str, like("byron-lam", r"[a-z0-9]+(-[a-z0-9]+)*")]
    name: Text
    title: Text
    credentials: tuple[Annotated[Credential, BeforeValidator(_from_letters)], ...]
    degree: Text | None = None
    license_number: Annotated[str, like("DC-12345", r"[A-Z0-9]+([ ./-][A-Z0-9]+)*")] | None = None
    license_issuer: Text | None = None
    # Where anybody can look the number up.
    license_register: Https | None = None
    board_certification: Text | None = None
    needling_hours: Annotated[int, Field(strict=True, gt=0, le=10_000)] | None = None
    needling_training: Text | None = None
    practicing_since: Annotated[int, Field(strict=True, ge=1940, le=2100)] | None = None
    languages: Annotated[tuple[Locale, ...], EACH_ONCE] = ()
    # A file beside the practice file.
    photo: Annotated[str, like("byron-lam.jpg", r"[A-Za-z0-9_-]+\.(jpg|jpeg|png|webp)")] | None = None

    @field_validator("license_issuer", "license_register")
    @classmethod
    def _is_of_a_license(cls, given: str | None, person: ValidationInfo) -> str | None:
        if given and person.data.get("license_number", ...) is None:
            raise wrong("there is no license_number")
        return given
