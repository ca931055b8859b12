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


def _origin(text: str) -> str:
    """An origin whose pages may read something: compared letter by letter with what browsers send (RFC 6454)."""
    scheme, _, rest = text.partition("://")
    host, _, port = rest.partition(":")
    for is_wrong, what in (
        ("*" in text, "no wildcard is taken: name each origin"),
        (scheme != "https", "an origin begins with https://"),
        (re.search(r"[/?#@]", rest), "an origin is scheme, host and port alone, without a slash after them"),
        (text != text.lower(), "browsers write an origin in small letters"),
        (not text.isascii(), "browsers write a host beyond ASCII as xn--"),
        (port == "443", "browsers leave out the port 443"),
        (
            not _HOST.fullmatch(host) or (":" in rest and not _PORT.fullmatch(port)),
            "should be like https://example.com",
        ),
    ):
        if is_wrong:
            raise wrong(f"{text!r}: {what}")
    return text


# With a top-level domain, and no address (RFC 1123 section 2.1).
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])")
_PORT = re.compile(r"[1-9]\d{0,4}")

Origin = Annotated[str, AfterValidator(_origin)]
Text = Annotated[str, like("some text", r"\S(.*\S)?")]
Https = Annotated[str, like("https://www.example.org/register", r"https://[^\s/]+\.[^\s/]+(/\S*)?")]
Time = Annotated[str, like("08:30", r"([01]\d|2[0-3]):[0-5]\d")]
Locale = Annotated[str, like("zh-Hant", r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")]
