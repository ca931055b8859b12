"""The landing page cut at its form's slots, for the leads function to show it again with what was typed.

`compiled/forms/<slug>.<locale>.json` holds

    revision                        which text of the article it shows
    headers                         what the page is answered with, but for how long it may be kept
    pieces                          [literal, slot, literal, slot, ..., literal]; joined, they are the page
    fragments                       markup for what goes into slots: str.format templates

A slot is named

    title_prefix                    before the page's title
    summary                         an error summary beside the form
    value:<field>                   the text typed
    checked:<field>:<value>         an attribute of a radio button or checkbox, with its leading space
    selected:<field>:<value>        an attribute of an option, likewise
    invalid:<field>                 attributes of a field with an error, likewise
    error:<field>                   the error's text, inside the element that describes the field
    tags:link, tags:form            campaign tags: a query behind the address of a link, hidden fields

and is filled with HTML or left empty. The fragments are `title_prefix`, `summary` (`{text}`, `{list}`), `summary_list`
(`{items}`), `summary_item` (`{field}`, `{text}`), `summary_note` (`{text}`), `error` (`{field}`, `{text}`) and
`invalid` (`{field}`); what goes into their braces must be escaped already.
"""

import re
from collections.abc import Sequence

from markupsafe import Markup

from infra.site.tag_places import tag_places

FRAGMENTS = ("title_prefix", "summary", "summary_list", "summary_item", "summary_note", "error", "invalid")

# Private-use characters (U+E000, U+E001), which no text contains, so no text can be mistaken for a slot.
_START, _END = "\ue000", "\ue001"
_SLOT = re.compile(f"{_START}([^{_END}]*){_END}")


def as_shown(_name: str, default: str = "") -> Markup:
    """What `slot` is in templates when a page is first shown: the default, nothing typed, no errors."""
    return Markup(default)  # noqa: S704


def as_slot(name: str, _default: str = "") -> Markup:
    """What `slot` is in templates when the page is going to be cut: a mark to cut at."""
    return Markup(f"{_START}{name}{_END}")  # noqa: S704


def cut(page: str) -> Sequence[str]:
    """The pieces of a page that was rendered with `as_slot`, with slots for campaign tags besides."""
    for at, kind in reversed(list(tag_places(page))):
        page = f"{page[:at]}{_START}tags:{kind}{_END}{page[at:]}"
    return pieces(page)


def pieces(html: str) -> Sequence[str]:
    """HTML that was rendered with `as_slot`, as literals and, between them, names of slots."""
    return _SLOT.split(html)
