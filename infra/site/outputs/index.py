"""The index of the compiled site: which row of the table answers what. `functions/content/compiled_site.py` reads it.

locales         the site's, the default first
languages       for each set of locales to choose from (joined by spaces), the table of `shared.languages`
paths           path -> row
negotiated      path -> {languages, to: locale -> path to redirect to}
api             path -> {languages, rows: locale -> row, not_translated: locale -> row}
thank_you       locale -> row, whose body has each of `slots` where that goes
slots           reference, promise -> what stands in their place
allowed_origins the origins whose pages may read the API (`shared.cross_origin`)
promises        locale -> the name of a body, a document of `promises.py`
errors          code -> {page: locale -> row, problem: locale -> row}
"""

from collections.abc import Iterator, Sequence
from typing import Any

from infra.site.edition import Edition
from infra.site.languages.cldr import build_table
from infra.site.outputs import api, crawlers, openapi, problems
from infra.site.outputs.pages import SLOTS, error_page, page_rows, thank_you_rows
from infra.site.outputs.promises import promise_documents
from infra.site.outputs.words import words
from infra.site.sources.assets import Asset
from infra.site.table import REVALIDATED, Row, Table
from infra.site.views.article_view import REFERENCES
from shared.http import JSON, dump_json

type Entry = dict[str, Any]

_IMMUTABLE = "max-age=31536000, immutable"
# The name does not change with the content: after a day one asks whether it is still the same, and for a year what one
# has is shown meanwhile (RFC 5861).
_ICON = "max-age=86400, stale-while-revalidate=31536000"


def fill(edition: Edition, table: Table) -> Entry:
    """Add every representation of the site to `table`; returns the index."""
    return {
        "locales": edition.locales,
        "languages": {key: build_table(key.split()) for key in _locale_sets(edition)},
        "paths": {**_asset_rows(edition, table), **page_rows(edition, table), **_file_rows(edition, table)},
        "negotiated": _redirects(edition),
        "api": dict(_resources(edition, table)),
        "thank_you": thank_you_rows(edition, table),
        "slots": SLOTS,
        "allowed_origins": edition.practice.allowed_origins,
        "promises": promise_documents(edition, table),
        "errors": _errors(edition, table),
    }


def current_assets(edition: Edition) -> Iterator[Asset]:
    """Whatever the site's own pages name by the address of its content; style sheets, too, that they only carry."""
    yield from edition.assets.values()
    for found in (edition.home_pictures, *edition.pictures.values()):
        yield from found.values()
    for locale in edition.locales:
        yield words(edition, locale)


def _locale_sets(edition: Edition) -> list[str]:
    """The site's locales, and those of each article that lacks some."""
    return list(dict.fromkeys([_key(edition.locales), *(_key(edition.locales_of(slug)) for slug in edition.slugs)]))


def _key(locales: Sequence[str]) -> str:
    return " ".join(locales)


def _asset_rows(edition: Edition, table: Table) -> dict[str, Row]:
    assets = {asset.path: asset for asset in (*edition.released, *current_assets(edition))}
    return {
        path: table.add(asset.body, {"content-type": asset.content_type, "cache-control": _IMMUTABLE})
        for path, asset in assets.items()
    }


def _file_rows(edition: Edition, table: Table) -> dict[str, Row]:
    files = {
        "/sitemap.xml": ("application/xml", crawlers.sitemap(crawlers.entries(edition)).encode()),
        "/robots.txt": ("text/plain; charset=utf-8", crawlers.robots(edition.practice.origin).encode()),
        "/openapi.json": (JSON, dump_json(openapi.document(edition))),
    }
    icons = {
        each.path: table.add(each.body, {"content-type": each.content_type, "cache-control": _ICON})
        for each in edition.icons
    }
    return icons | {
        path: table.add(body, {"content-type": content_type, "cache-control": REVALIDATED})
        for path, (content_type, body) in files.items()
    }


def _redirects(edition: Edition) -> Entry:
    """The addresses without a locale."""
    found = {"/": _redirect(edition.locales, "/{locale}/")}
    for slug in edition.slugs:
        for path in (f"/articles/{slug}", f"/articles/{slug}{REFERENCES}"):
            found[path] = _redirect(edition.locales_of(slug), f"/{{locale}}{path}")
    return found


def _redirect(locales: Sequence[str], path: str) -> Entry:
    return {"languages": _key(locales), "to": {locale: path.format(locale=locale) for locale in locales}}


def _resources(edition: Edition, table: Table) -> Iterator[tuple[str, Entry]]:
    collection = {locale: api.collection_row(edition, table, locale) for locale in edition.locales}
    yield api.COLLECTION, _resource(edition, table, edition.locales, collection)
    for slug in edition.slugs:
        rows = {each.locale: api.article_row(edition, table, each) for each in edition.published(slug)}
        yield api.article_path(slug), _resource(edition, table, edition.locales_of(slug), rows)


def _resource(edition: Edition, table: Table, locales: Sequence[str], rows: dict[str, Row]) -> Entry:
    not_translated = problems.problem_rows(edition, table, problems.NOT_TRANSLATED, locales)
    return {"languages": _key(locales), "rows": rows, "not_translated": not_translated}


def _errors(edition: Edition, table: Table) -> Entry:
    found: Entry = {
        fault.code: {
            "page": {
                locale: error_page(
                    edition, table, locale, status=fault.status, error=problems.error_view(edition, fault, locale)
                )
                for locale in edition.locales
            },
            "problem": problems.problem_rows(edition, table, fault, edition.locales),
        }
        for fault in problems.EVERYWHERE
    }
    for unknown in (problems.UNKNOWN_LOCALE, problems.UNKNOWN_FALLBACK):
        found[unknown.code] = {"problem": problems.problem_rows(edition, table, unknown, edition.locales)}
    return found
