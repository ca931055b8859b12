"""The landing page once more, with what was typed and the errors beside the fields.

The compiler has cut the page at the form's slots (`infra.site.views.form_slots`), so that filling it in needs no
template engine here: escape, look up, join.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from shared.campaign import as_hidden_fields, as_link_query
from shared.consent import CONSENT_VERSION
from shared.errors import FieldError


class Pages:
    """The landing pages that have a form, as compiled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = {path.name.removesuffix(".json") for path in folder.glob("*.json")}

    def knows(self, article: str) -> bool:
        """Whether there is such an article, in whichever locale."""
        return any(name.startswith(f"{article}.") for name in self._names)

    def nearest(self, article: Any, locale: str) -> tuple[str, str] | None:
        """The page closest to what was asked for: this article in this locale, in another, or any article at all.

        A locale can be withdrawn while somebody still reads its page; what they send is not lost for that.
        """
        names = [tuple(name.split(".", 1)) for name in sorted(self._names)]
        ranked = sorted(names, key=lambda name: (name[0] != article, name[1] != locale))
        return ranked[0] if ranked else None  # type: ignore[return-value]

    def revision(self, article: str, locale: str) -> str:
        """Which text of the article its readers see now; empty where it is not published in this locale."""
        return str(_page(self._folder, article, locale)["revision"]) if f"{article}.{locale}" in self._names else ""

    def headers(self, article: str, locale: str) -> Mapping[str, str]:
        """What the page is answered with, but for how long it may be kept."""
        found: dict[str, str] = _page(self._folder, article, locale)["headers"]
        return found

    def fill(
        self, article: str, locale: str, *, typed: Mapping[str, Any], summary: str, errors: Sequence[FieldError]
    ) -> bytes:
        """The page with the form as it was typed, `summary` above and each error beside its field."""
        page = _page(self._folder, article, locale)
        literals_and_slots = page["pieces"]
        slots = _slots(page["fragments"], literals_and_slots[1::2], typed, summary, errors)
        return "".join(
            slots.get(piece, "") if index % 2 else piece for index, piece in enumerate(literals_and_slots)
        ).encode("utf-8", "replace")


@cache
def _page(folder: Path, article: str, locale: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / f"{article}.{locale}.json").read_bytes())
    return document


def _slots(
    fragments: Mapping[str, str],
    places: Sequence[str],
    typed: Mapping[str, Any],
    summary: str,
    errors: Sequence[FieldError],
) -> dict[str, str]:
    slots = {"title_prefix": fragments["title_prefix"]}
    items = []
    for error in errors:
        text = escape(error.detail)
        item = fragments["summary_item" if f"error:{error.field}" in places else "summary_note"]
        items.append(item.format(field=escape(error.field), text=text))
        slots[f"error:{error.field}"] = fragments["error"].format(field=escape(error.field), text=text)
        slots[f"invalid:{error.field}"] = fragments["invalid"].format(field=escape(error.field))
    links = fragments["summary_list"].format(items="".join(items)) if items else ""
    slots["summary"] = fragments["summary"].format(text=escape(summary), list=links)
    if typed.get("consent_version", CONSENT_VERSION) != CONSENT_VERSION:
        # The page holds a newer text than the one that was agreed to: the box is theirs to tick again.
        typed = {name: value for name, value in typed.items() if name != "consent"}
    tags = typed.get("source")
    if isinstance(tags, dict):  # of a form
        slots |= {"tags:link": as_link_query(tags), "tags:form": as_hidden_fields(tags)}
    for field, value in typed.items():
        if isinstance(value, str):
            slots[f"value:{field}"] = escape(value)
            slots[f"checked:{field}:{value}"] = " checked"
            slots[f"selected:{field}:{value}"] = " selected"
        elif value is True:
            slots[f"checked:{field}:true"] = " checked"
    return slots
