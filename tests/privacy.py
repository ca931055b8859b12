"""What a visitor entered must be in no log: the search that every test run makes."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from shared.email_address import readable

# What people enter. Shorter than this it is found in any text by chance.
FIELDS = ("name", "phone", "phone_as_typed", "email", "message")
SHORTEST = 5


def entered(items: Iterable[dict[str, Any]]) -> set[str]:
    """Everything that was entered in these stored leads, and in the ways that it is written elsewhere."""
    values = {str(item[field]) for item in items for field in FIELDS if field in item}
    values |= {value.removeprefix("+1") for value in values if value.startswith("+")}
    values |= {readable(value) for value in values if "@" in value}
    return {value for value in values if len(value) >= SHORTEST}


def leaks(lines: Iterable[str], values: Iterable[str]) -> Iterator[str]:
    """The lines that hold one of `values`, as it is or as JSON writes it."""
    words = {form for value in values for form in (value, json.dumps(value)[1:-1])}
    return (line for line in lines if any(word in line for word in words))
