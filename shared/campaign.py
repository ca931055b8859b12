"""Campaign tags: which campaign brought a reader, as the page's address says it.

They travel in the addresses of the site's own links and in hidden fields of the form. A cookie would need consent, and
the Referer header fails where it is stripped (privacy settings, apps that open links) or was one page further back.

This module is on the content function's cold path.
"""

from collections.abc import Mapping
from typing import Final

# Not the advertisers' click ids: with a page about a condition they would tell an advertiser about a patient.
SOURCE_TAGS: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
MAX_TAG_LENGTH: Final = 100


def read_tags(query: Mapping[str, str]) -> dict[str, str]:
    """The tags among the parameters of an address, each one line of at most `MAX_TAG_LENGTH` characters."""
    tags = {name: _one_line(query[name]) for name in SOURCE_TAGS if name in query}
    return {name: value for name, value in tags.items() if value}


def as_link_query(tags: Mapping[str, str]) -> str:
    """The query that a link of the page takes along, with its question mark, escaped for an attribute."""
    from urllib.parse import quote  # which loads a module for IPv6 addresses

    return "?" + "&amp;".join(f"{name}={quote(value, safe='')}" for name, value in tags.items()) if tags else ""


def as_hidden_fields(tags: Mapping[str, str]) -> str:
    """The fields that the form sends along, as HTML."""
    from html import escape  # two thousand entities, of which pages without tags need none

    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">\n' for name, value in tags.items())


def _one_line(value: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(printable.split())[:MAX_TAG_LENGTH].rstrip()
