"""The kinds of fields that the practice file has, and how a fault in one is worded."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def like(example: str, pattern: str) -> AfterValidator:
    """A string that matches `pattern` from end to end; `example` is what the error shows."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise wrong(f"{text!r} should look like {example!r}")
        return text

    return AfterValidator(check)


def wrong(message: str) -> PydanticCustomError:
    """The error to raise; not a ValueError, before whose words pydantic puts "Value error"."""
    return PydanticCustomError("practice", "{message}", {"message": message})


def _each_once[T](found: tuple[T, ...]) -> tuple[T, ...]:
    for each in found:
        if found.count(each) > 1:
            raise wrong(f"{each!r} is named twice")
    return found


EACH_ONCE = AfterValidator(_each_once)

Text = Annotated[str, like("some text", r"\S(.*\S)?")]
Https = Annotated[str, like("https://www.example.org/register", r"https://[^\s/]+\.[^\s/]+(/\S*)?")]
Time = Annotated[str, like("08:30", r"([01]\d|2[0-3]):[0-5]\d")]
Locale = Annotated[str, like("zh-Hant", r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")]
