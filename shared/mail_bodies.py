"""The two bodies of a mail, text and HTML, from the same blocks.

The HTML's pieces are those of `shared/mail.html`, which the site compiler has cut at their slots, so that filling them
in needs no template engine here: escape, look up, join.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Final

from shared.lead import REFERENCE_ALPHABET
from shared.mail import (
    Block,
    Button,
    Entries,
    Entry,
    Heading,
    Mail,
    Notice,
    Quote,
    Row,
    Rows,
    Sentence,
    Small,
    isolated,
)

# By the name of a block: [literal, slot, literal, slot, ..., literal].
type Layout = Mapping[str, Sequence[str]]

# What is read out or dialled stays on one line.
_UNBROKEN: Final = r'<span style="white-space:nowrap">\g<0></span>'
_REFERENCE: Final = re.compile(f"[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}")


def as_text(mail: Mail, *, colon: str) -> str:
    """The mail for programs that show text; `colon` is what the language puts between a label and its value."""
    return "\n\n".join("\n".join(_lines(block, colon)) for block in mail.blocks) + "\n"


def as_html(mail: Mail, layout: Layout, *, language: str, direction: str) -> str:
    """The mail for programs that show HTML."""
    return _fill(
        layout["page"],
        language=escape(language),
        direction=direction,
        title=escape(mail.subject),
        blocks="\n".join(_html(block, layout) for block in mail.blocks),
    )


def _lines(block: Block, colon: str) -> Iterator[str]:
    match block:
        case Heading(text) | Sentence(text) | Small(text):
            yield text
        case Notice(title, text):
            yield from (title, text)
        case Rows(rows):
            yield from _row_lines(rows, colon)
        case Quote(heading, text):
            yield from (heading, "", *(f"> {isolated(line)}" for line in text.split("\n")))
        case Button(text, link, _):
            yield from (f"{text}{colon}".rstrip(), link)
        case Entries(entries):
            yield "\n\n".join("\n".join(_entry_lines(entry, colon)) for entry in entries)


def _row_lines(rows: Iterable[Row], colon: str) -> Iterator[str]:
    for row in rows:
        yield f"{row.label}{colon}{isolated(row.value)}"
        if row.link:
            yield f"  {row.link}"


def _entry_lines(entry: Entry, colon: str) -> Iterator[str]:
    yield entry.title
    yield from _row_lines(entry.rows, colon)
    if entry.button:
        yield from _lines(entry.button, colon)


def _html(block: Block, layout: Layout) -> str:
    match block:
        case Rows(rows):
            shown = (_fill(layout["row"], label=_words(row.label), value=_cell(row)) for row in rows)
            return _fill(layout["rows"], rows="\n".join(shown))
        case Entries(entries):
            return "\n".join(_entry(entry, layout) for entry in entries)
        case Button(text, link, is_quiet):
            return _fill(layout["quiet_button" if is_quiet else "button"], text=_words(text), link=escape(link))
    # Of the others each field is a slot.
    slots = {name: _words(value) for name, value in block._asdict().items()}
    return _fill(layout[type(block).__name__.lower()], **slots)


def _entry(entry: Entry, layout: Layout) -> str:
    lines = [_fill(layout["line"], label=_words(row.label), value=_cell(row)) for row in entry.rows]
    if entry.button:
        lines.append(_fill(layout["link"], text=escape(entry.button.text), link=escape(entry.button.link)))
    return _fill(layout["entry"], title=_words(entry.title), lines="".join(lines))


def _cell(row: Row) -> str:
    value = f"<bdi>{_words(row.value)}</bdi>"
    if not row.link:
        return value
    value = f'<a href="{escape(row.link)}">{value}</a>'
    return _UNBROKEN.replace(r"\g<0>", value) if row.link.startswith("tel:") else value


def _words(text: str) -> str:
    return _REFERENCE.sub(_UNBROKEN, escape(text))


def _fill(pieces: Sequence[str], **slots: str) -> str:
    return "".join(slots[piece] if index % 2 else piece for index, piece in enumerate(pieces))
