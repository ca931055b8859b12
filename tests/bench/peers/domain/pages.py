"""The landing pages, rendered ahead of time, and what the practice file says."""

import json
from pathlib import Path
from typing import Any, NamedTuple

_FOLDER = Path(__file__).parent.parent / "site"

SITE: dict[str, Any] = json.loads((_FOLDER / "site.json").read_bytes())


class Page(NamedTuple):
    """A page and its headers, the `etag` among them."""

    body: bytes
    headers: dict[str, str]


def find_page(locale: str, slug: str) -> Page | None:
    """The landing page of an article in a locale, if there is one."""
    page = SITE["pages"].get(f"/{locale}/articles/{slug}")
    return Page((_FOLDER / page["file"]).read_bytes(), page["headers"]) if page else None
