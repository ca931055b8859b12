"""The index of the compiled site: which row of the table answers what. `functions/content/site.py` reads it.

locales         the site's, the default first
languages       for each set of locales to choose from (joined by spaces), the table of `shared.languages`
paths           path -> row
negotiated      path -> {languages, to: locale -> path to redirect to}
api             path -> {languages, rows: locale -> row, not_translated: locale -> row}
thank_you       locale -> row, whose body has `reference_slot` where the reference goes
errors          code -> {page: locale -> row, problem: locale -> row}
"""

from collections.abc import Iterator, Sequence
from typing import Any

from functions.content.compiler import api, crawlers, openapi, problems
from functions.content.compiler.cldr import build_table
from functions.content.compiler.pages import REFERENCE_SLOT, error_page, page_rows, thank_you_rows
from functions.content.compiler.site import Site
from functions.content.compiler.table import REVALIDATED, Row, Table
from shared.http import JSON, dump_json

type Entry = dict[str, Any]

_IMMUTABLE = "max-age=31536000, immutable"


def fill(site: Site, table: Table) -> Entry:
    """Add every representation of the site to `table`; returns the index."""
    return {
        "locales": site.locales,
        "languages": {key: build_table(key.split()) for key in _locale_sets(site)},
        "paths": {**_asset_rows(site, table), **page_rows(site, table), **_file_rows(site, table)},
        "negotiated": _redirects(site),
        "api": dict(_resources(site, table)),
        "thank_you": thank_you_rows(site, table),
        "reference_slot": REFERENCE_SLOT,
        "errors": _errors(site, table),
    }


def _locale_sets(site: Site) -> list[str]:
    """The site's locales, and those of each article that lacks some."""
    return list(dict.fromkeys([_key(site.locales), *(_key(site.locales_of(slug)) for slug in site.slugs)]))


def _key(locales: Sequence[str]) -> str:
    return " ".join(locales)


def _asset_rows(site: Site, table: Table) -> dict[str, Row]:
    pictures = (each for found in site.pictures.values() for each in found.values())
    assets = {asset.path: asset for asset in (*site.released, *site.assets.values(), *pictures)}
    return {
        path: table.add(asset.body, {"content-type": asset.content_type, "cache-control": _IMMUTABLE})
        for path, asset in assets.items()
    }


def _file_rows(site: Site, table: Table) -> dict[str, Row]:
    files = {
        "/sitemap.xml": ("application/xml", crawlers.sitemap(crawlers.entries(site)).encode()),
        "/robots.txt": ("text/plain; charset=utf-8", crawlers.robots(site.practice.origin).encode()),
        "/openapi.json": (JSON, dump_json(openapi.document(site))),
    }
    return {
        path: table.add(body, {"content-type": content_type, "cache-control": REVALIDATED})
        for path, (content_type, body) in files.items()
    }


def _redirects(site: Site) -> Entry:
    """The addresses without a locale."""
    found = {"/": _redirect(site.locales, "/{locale}/")}
    for slug in site.slugs:
        found[f"/articles/{slug}"] = _redirect(site.locales_of(slug), f"/{{locale}}/articles/{slug}")
    return found


def _redirect(locales: Sequence[str], path: str) -> Entry:
    return {"languages": _key(locales), "to": {locale: path.format(locale=locale) for locale in locales}}


def _resources(site: Site, table: Table) -> Iterator[tuple[str, Entry]]:
    collection = {locale: api.collection_row(site, table, locale) for locale in site.locales}
    yield api.COLLECTION, _resource(site, table, site.locales, collection)
    for slug in site.slugs:
        rows = {each.locale: api.article_row(site, table, each) for each in site.published(slug)}
        yield api.article_path(slug), _resource(site, table, site.locales_of(slug), rows)


def _resource(site: Site, table: Table, locales: Sequence[str], rows: dict[str, Row]) -> Entry:
    not_translated = problems.problem_rows(site, table, problems.NOT_TRANSLATED, locales)
    return {"languages": _key(locales), "rows": rows, "not_translated": not_translated}


def _errors(site: Site, table: Table) -> Entry:
    found: Entry = {
        fault.code: {
            "page": {
                locale: error_page(site, table, locale, status=fault.status, error=problems.words(site, fault, locale))
                for locale in site.locales
            },
            "problem": problems.problem_rows(site, table, fault, site.locales),
        }
        for fault in problems.EVERYWHERE
    }
    for unknown in (problems.UNKNOWN_LOCALE, problems.UNKNOWN_FALLBACK):
        found[unknown.code] = {"problem": problems.problem_rows(site, table, unknown, site.locales)}
    return found
