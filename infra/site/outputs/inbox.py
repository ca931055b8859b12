"""The templates of the practice's pages, compiled ahead, with the addresses of their files and words that CLDR has."""

import json
from pathlib import Path

from jinja2 import FileSystemLoader, TemplateSyntaxError

from functions.inbox.pages import ARTICLES, ASSETS, MONTHS, environment
from infra.site.edition import Edition
from infra.site.errors import ContentError, fault
from infra.site.sources.assets import style_sheets


def write_inbox(edition: Edition, templates: Path, folder: Path) -> None:
    """Write `folder`, which the inbox function reads. Raises ContentError where a template is wrong."""
    localizer = edition.localizers[edition.practice.language]
    loader = FileSystemLoader(templates)
    try:
        # ModuleLoader asks each for the names that Jinja gives them.
        environment(loader, localizer.catalogue).compile_templates(folder, zip=None, ignore_errors=False)
    except TemplateSyntaxError as error:
        path = Path(error.filename or templates)
        raise ContentError([fault(path, error.lineno, "template", error.message or "syntax error")]) from error
    addresses = {name: asset.path for name, asset in edition.assets.items()}
    styles = [sheet.path for sheet in style_sheets(edition.assets, localizer.tag, "site", "form")]
    (folder / ASSETS).write_text(json.dumps({"addresses": addresses, "styles": styles}), "utf-8")
    (folder / ARTICLES).write_text(json.dumps(edition.titles, ensure_ascii=False), "utf-8")
    months = {"months": localizer.months_with_year(), "dates": localizer.dates_with_year()}
    (folder / MONTHS).write_text(json.dumps(months), "utf-8")
