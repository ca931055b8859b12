"""The languages of the site, as the site compiler writes them down for the alert."""

import json
from typing import TypedDict

from shared.settings import compiled


class Language(TypedDict):
    """A language that is published."""

    name: str  # what it is called in the practice's language
    direction: str  # how it is written: ltr, rtl


def read_languages() -> dict[str, Language]:
    """Read what the package holds of each published language.

    Returns:
        The languages by locale.

    Raises:
        FileNotFoundError: The package lacks them.
    """
    languages: dict[str, Language] = json.loads((compiled() / "language_names.json").read_bytes())
    return languages
