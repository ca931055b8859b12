"""Which address was meant by one that leads nowhere: what chats, mail programs and people do to a link.

They put a full stop, a bracket or the next word behind it, write it in capitals, make dashes of its hyphens, double or
drop slashes, encode it twice, write `&` where its query begins, and append what other sites answer (`/amp`,
`/index.html`). So an address is known by its letters and digits alone, segment by segment, first with all that is in a
segment and then with what stands before the first sign that no address of ours has.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from functions.content.compiled_site import CompiledSite
from shared.languages import Match

_LONGEST_PATH = 500
_QUERY = re.compile(r"[?&#](?:amp;)?")  # and `&` as it stands in HTML
# Hyphens and all that is drawn like one (Unicode's category Pd), the minus sign, and the underscore.
_SLUG = re.compile(r"[A-Za-z0-9_\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]*")
_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_OTHER_SITES_ENDINGS = frozenset(["amp", "amphtml", "index", "indexhtm", "indexhtml", "indexphp"])

type Key = tuple[str, ...]


class Meant(NamedTuple):
    """An address of the site, the query that was written into the path, and the locale's match where it was spelt."""

    path: str
    query: str
    match: Match | None


def meant(path: str, site: CompiledSite) -> Meant | None:
    """The address that `path` (which is none) stands for, or None where that is not certain."""
    if len(path) > _LONGEST_PATH:
        return None
    written, query = _without_query(unquote(unquote(path)))
    segments = [segment for segment in written.split("/") if _letters(segment)]
    if segments and _letters(segments[-1]) in _OTHER_SITES_ENDINGS:
        del segments[-1]
    for spell in (_letters, _letters_of_slug):
        words = list(map(spell, segments))
        for match in _locales(segments, site):
            rest = tuple(words[1:] if match else words)
            if found := _find(match.served if match else "", rest, site):
                return Meant(found, query, match)
    return None


def is_time(text: str) -> bool:
    """Whether a text has the form of the time in an address, `2026-12-01T1200`."""
    return "".join("0" if letter in "0123456789" else letter for letter in text) == "0000-00-00T0000"


def _without_query(path: str) -> tuple[str, str]:
    start = _QUERY.search(path)
    if not start:
        return path, ""
    query = path[start.end() :].partition("#")[0].replace("&amp;", "&")
    return path[: start.start()], query if "=" in query and start[0] != "#" else ""


def _locales(segments: list[str], site: CompiledSite) -> Iterator[Match | None]:
    """The locale that the address begins with, if it does, and then none."""
    slug = _SLUG.match(segments[0]) if segments else None
    if slug and (match := site.languages().match_tag(slug[0])):
        yield match
    yield None


def _find(locale: str, words: Key, site: CompiledSite) -> str | None:
    if locale and len(words) in (2, 3) and words[0] == "thankyou":
        reference, time = words[1].upper(), "".join(words[2:]).upper()
        page = f"/{locale}/thank-you/{reference[:4]}-{reference[4:]}"
        time = f"{time[:4]}-{time[4:6]}-{time[6:]}"
        # What is no time is not worth an error.
        return f"{page}/{time}" if is_time(time) else page
    return _addresses(site).get((locale, *words))


@lru_cache(maxsize=1)
def _addresses(site: CompiledSite) -> dict[Key, str]:
    """Every address that people share, by locale and by the letters of its segments."""
    found: dict[Key, str] = {}
    for path in (*site.paths, *site.negotiated):
        first, *rest = path[1:].split("/")
        locale, segments = (first, rest) if first in site.locales else ("", [first, *rest])
        words = tuple(word for word in map(_letters, segments) if word)
        if words[:1] != ("assets",):
            found[locale, *words] = path
        if words[:1] == ("articles",):
            found.setdefault((locale, *words[1:]), path)
    return found


def _letters(segment: str) -> str:
    return _NO_LETTERS.sub("", segment.lower())


def _letters_of_slug(segment: str) -> str:
    slug = _SLUG.match(segment)
    return _letters(slug[0]) if slug else ""
