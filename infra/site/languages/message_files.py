"""gettext catalogues: extracting messages from code and templates, reading and writing `.po` files, completeness."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from infra.site.errors import ROOT, ContentError, fault
from shared.messages import DOMAIN, catalogue_folder
from shared.practice import Practice

LOCALES = ROOT / "shared" / "locales"
TEMPLATES = ROOT / "functions" / "content" / "templates"
_INBOX_TEMPLATES = ROOT / "functions" / "inbox" / "templates"

_CODE = (ROOT / "functions", ROOT / "infra" / "site", ROOT / "shared")
_NO_TIME = datetime.fromtimestamp(0, UTC)
_HEADER_COMMENT = "# Messages of Needlepoint."
_HEADER_NOISE = (
    b'"Last-Translator: ',
    b'"Language-Team: ',
    b'"Report-Msgid-Bugs-To: ',
    b'"POT-',
    b'"PO-',
    b'"Project-Id-',
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


def po_path(folder: Path, locale: str) -> Path:
    """Where a locale's messages are, below a folder such as `shared/locales`."""
    return folder / catalogue_folder(locale) / "LC_MESSAGES" / f"{DOMAIN}.po"


def translated(folder: Path) -> list[str]:
    """The locales that have a `.po` file below `folder`."""
    return sorted(path.parents[1].name.replace("_", "-") for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def extract(practice: Practice, templates: Path = TEMPLATES) -> Catalog:
    """Every message in the code and in `templates`, with the files it comes from.

    The practitioner's title is one too: it is a word of a language, unlike a name.
    """
    catalog = Catalog(domain=DOMAIN, charset="utf-8", header_comment=_HEADER_COMMENT)
    for method, path in _sources(templates):
        base = templates if path.is_relative_to(templates) else ROOT
        for line, message, comments, context in _extract_file(method, path, path.stat().st_mtime_ns):
            catalog.add(message, None, [(str(path.relative_to(base)), line)], auto_comments=comments, context=context)
    catalog.add(
        practice.practitioner.title, None, [("shared/practice.toml", 1)], auto_comments=["The practitioner's title."]
    )
    return catalog


def read(folder: Path, locale: str) -> Catalog:
    """Read a locale's `.po` file; an absent one has no messages. Raises ContentError where it is malformed."""
    path = po_path(folder, locale)
    if not path.exists():
        return Catalog(locale=catalogue_folder(locale), domain=DOMAIN, header_comment=_HEADER_COMMENT)
    try:
        with path.open("rb") as file:
            return read_po(file, locale=catalogue_folder(locale), domain=DOMAIN, abort_invalid=True)
    except PoFileError as error:
        raise ContentError([fault(path, error.lineno, "catalogue", str(error))]) from error


def faults(folder: Path, locale: str, template: Catalog) -> Iterator[str]:
    """What keeps a locale's catalogue from being complete: messages missing, fuzzy, or with other placeholders."""
    path, catalog = po_path(folder, locale), read(folder, locale)
    for message in template:
        if not message.id:
            continue
        translated = catalog.get(message.id, message.context)
        line = translated.lineno if translated else None
        if translated is None or not all(_strings(translated)):
            yield fault(path, line, repr(_msgid(message)), "has no translation")
        elif translated.fuzzy:
            yield fault(path, line, repr(_msgid(message)), "is marked fuzzy: check it and remove the mark")
        elif bad := _other_placeholders(message, translated):
            yield fault(path, line, repr(_msgid(message)), f"the translation has other placeholders: {bad}")


def compile_catalogue(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it at run time. Fuzzy messages are left out."""
    # Babel would write the time of compilation, and the same sources must give the same bytes.
    catalog.creation_date = catalog.revision_date = _NO_TIME
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def translations(catalog: Catalog | None) -> NullTranslations:
    """What gettext makes of a catalogue; None is the source language."""
    return GNUTranslations(BytesIO(compile_catalogue(catalog))) if catalog else NullTranslations()


def write_template(folder: Path, template: Catalog) -> Path:
    """Write the `.pot` file; returns its path."""
    path = folder / f"{DOMAIN}.pot"
    _write(path, template)
    return path


def update(folder: Path, locale: str, template: Catalog) -> Path:
    """Bring a locale's `.po` file up to date; returns its path.

    A message that is new or has changed is left empty: a guess would only pass for a translation.
    """
    catalog = read(folder, locale)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path = po_path(folder, locale)
    _write(path, catalog)
    return path


@cache
def _extract_file(method: str, path: Path, _modified_ns: int) -> list[Any]:
    """The messages of one file; files that have not changed are not read again within one process."""
    options = _options(method)
    return list(
        extract_from_file(method, path, comment_tags=("Translators:",), options=options, strip_comment_tags=True)
    )


def _sources(templates: Path) -> Iterator[tuple[str, Path]]:
    for folder in _CODE:
        yield from (("python", path) for path in sorted(folder.rglob("*.py")))
    for folder in (templates, _INBOX_TEMPLATES):
        yield from (("jinja2", path) for path in sorted(folder.rglob("*.html")))


def _options(method: str) -> dict[str, str]:
    return {"trimmed": "true", "newstyle_gettext": "true", "encoding": "utf-8"} if method == "jinja2" else {}


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.fuzzy = False
    buffer = BytesIO()
    write_po(buffer, catalog, width=120, sort_by_file=True, include_lineno=False)
    # Placeholders that nobody fills in, and a date that would change the file on every run that changes nothing else.
    lines = [line for line in buffer.getvalue().splitlines(keepends=True) if not line.startswith(_HEADER_NOISE)]
    path.write_bytes(b"".join(lines))


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _msgid(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _other_placeholders(message: Message, translated: Message) -> str:
    ids = (message.id,) if isinstance(message.id, str) else message.id
    wanted = {name for text in ids for name in _placeholders(text)}
    for string in _strings(translated):
        if (found := set(_placeholders(string))) != wanted:
            return f"{sorted(found)} instead of {sorted(wanted)}"
    return ""


def _placeholders(text: str) -> Iterator[str]:
    return (match[1] or match[2] for match in _PLACEHOLDER.finditer(text))
