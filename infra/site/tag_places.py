"""Where campaign tags go in a finished page: behind the address of every link inside the site, and into the form.

Found in the HTML instead of being marked in the templates, so that no link can be forgotten. Canonical addresses and
structured data are no `<a>` and stay as they are.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_PLACES = re.compile(
    r"""(?P<link><a\s(?:[^>]*?\s)?href="/(?!/|assets/|api/)[^"#?]*)(?=["\#])
      | (?P<form><form\s[^>]*action="/api/leads"[^>]*>\n?)""",
    re.VERBOSE,
)


class TagPlace(NamedTuple):
    """`at` is where in the text, in characters; a link takes a query, a form takes hidden fields."""

    at: int
    kind: Literal["link", "form"]


def tag_places(html: str) -> Iterator[TagPlace]:
    """The places, from first to last."""
    for found in _PLACES.finditer(html):
        yield TagPlace(found.end(), "link" if found["link"] else "form")
