"""From the sources to `compiled/`, all or nothing."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog

from functions.inbox.pages import FOLDER as INBOX
from infra.site.edition import Edition
from infra.site.errors import ContentError
from infra.site.languages import message_files
from infra.site.languages.cldr import build_table
from infra.site.outputs.compiled_form import compiled_form
from infra.site.outputs.inbox import write_inbox
from infra.site.outputs.index import fill
from infra.site.outputs.mail import mail_parts
from infra.site.outputs.pages import form_documents
from infra.site.places import Places
from infra.site.sources.article import read_articles
from infra.site.sources.assets import read_assets
from infra.site.sources.portrait import portrait
from infra.site.sources.practice_file import document_of, practice_of, read_file
from infra.site.table import Table
from infra.site.translations.publication import Status
from shared.messages import DOMAIN, SOURCE_LOCALE, catalogue_folder
from shared.practice import Practice


@dataclass(frozen=True)
class ReportRow:
    """What became of one article in one locale, and why."""

    article: str
    locale: str
    status: Status
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What a compilation made. `paths` are all addresses answered from the table, `warnings` are for people."""

    rows: tuple[ReportRow, ...]
    paths: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def compile_all(out: Path, *, origin: str | None = None, drafts: bool = False) -> Report:
    """Compile the project's own sources into `out/compiled`, replacing what is there only if all went well.

    `origin` (scheme, host, port) takes the place of the practice file's. With `drafts`, drafts are shown, and a message
    without translation is shown in English and listed among the warnings instead of stopping the compilation.
    Raises ContentError, whose message has one line for each fault, naming file, line and field.
    """
    return compile_from(Places(), out, origin=origin, drafts=drafts)


def compile_from(
    sources: Places, out: Path, *, origin: str | None = None, drafts: bool = False, today: date | None = None
) -> Report:
    """`compile_all` from other sources, or as of another day."""
    edition, messages, warnings = read_edition(sources, origin=origin, drafts=drafts, today=today)
    practice = edition.practice
    table = Table()
    index = fill(edition, table)
    report = _report(edition, index, warnings)
    with _replacing(out / "compiled") as folder:
        table.write(folder / "site", index)
        for name, document in form_documents(edition):
            _write_json(folder / "forms" / name, document)
        for locale, catalog in messages.items():
            path = folder / "locales" / catalogue_folder(locale) / "LC_MESSAGES" / f"{DOMAIN}.mo"
            path.parent.mkdir(parents=True)
            path.write_bytes(message_files.compile_catalogue(catalog))
        write_inbox(edition, sources.inbox, folder / INBOX)
        _write_json(folder / "form.json", compiled_form())
        _write_json(folder / "practice.json", document_of(practice))
        _write_json(folder / "languages.json", build_table(practice.locales))
        _write_json(folder / "mail.json", mail_parts(practice, edition.localizers, edition.titles, sources.mail))
        _write_json(folder / "report.json", asdict(report))
    return report


def read_edition(
    sources: Places, *, origin: str | None = None, drafts: bool = False, today: date | None = None
) -> tuple[Edition, dict[str, Catalog], list[str]]:
    """The site as its sources have it, the messages of each locale but the source's, and warnings.

    Raises ContentError.
    """
    file = read_file(sources.practice)
    practice = practice_of(file)
    if origin:
        practice = replace(practice, origin=origin.rstrip("/"))
    articles = read_articles(sources.articles, practice.locales)
    messages, warnings = _catalogues(sources, practice, drafts=drafts)
    edition = Edition(
        practice,
        file,
        articles,
        messages,
        templates=sources.templates,
        assets={**read_assets(sources.assets), **portrait(file, sources.practice)},
        icons=sources.icons,
        home=sources.home,
        released=sources.released,
        today=today or datetime.now(UTC).date(),
        drafts=drafts,
    )
    return edition, messages, warnings


def _catalogues(sources: Places, practice: Practice, *, drafts: bool) -> tuple[dict[str, Catalog], list[str]]:
    template = message_files.extract(practice, sources.templates)
    wanted = [locale for locale in practice.locales if locale != SOURCE_LOCALE]
    faults = [each for locale in wanted for each in message_files.faults(sources.locales, locale, template)]
    if faults and not drafts:
        raise ContentError(faults)
    return {locale: message_files.read(sources.locales, locale) for locale in wanted}, faults


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends well, and leaves no trace when it does not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".compiled-", dir=target.parent))
    new.chmod(0o755)
    try:
        yield new
        old = new.with_suffix(".old")
        if target.exists():
            target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _report(edition: Edition, index: Mapping[str, Any], warnings: Sequence[str]) -> Report:
    return Report(
        tuple(_rows(edition)), tuple(sorted({*index["paths"], *index["negotiated"], *index["api"]})), tuple(warnings)
    )


def _rows(edition: Edition) -> Iterator[ReportRow]:
    for slug, found in edition.publications.items():
        for each in found:
            yield ReportRow(slug, each.locale, each.status, each.reasons)
