"""The templates of the practice's pages, compiled ahead, with the addresses of their files and words that CLDR has."""

import json
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader, ModuleLoader, TemplateSyntaxError

from functions.inbox.pages import ARTICLES, ASSETS, MONTHS, environment
from infra.site.edition import Edition
from infra.site.errors import ContentError, fault
from infra.site.sources.assets import style_sheets

# Words are looked up when a page is made, so that templates are the same in every language.
_JINJA = environment(BaseLoader(), NullTranslations())


def write_inbox(edition: Edition, templates: Path, folder: Path) -> None:
    """Write `folder`, which the inbox function reads. Raises ContentError where a template is wrong."""
    localizer = edition.localizers[edition.practice.language]
    folder.mkdir()
    loader = FileSystemLoader(templates)
    try:
        for name in loader.list_templates():
            text, file, _ = loader.get_source(_JINJA, name)
            (folder / ModuleLoader.get_module_filename(name)).write_text(_module(name, text, file), "utf-8")
    except TemplateSyntaxError as error:
        path = Path(error.filename or templates)
        raise ContentError([fault(path, error.lineno, "template", error.message or "syntax error")]) from error
    addresses = {name: asset.path for name, asset in edition.assets.items()}
    styles = [sheet.path for sheet in style_sheets(edition.assets, localizer.tag, "site", "form")]
    (folder / ASSETS).write_text(json.dumps({"addresses": addresses, "styles": styles}), "utf-8")
    (folder / ARTICLES).write_text(json.dumps(edition.titles, ensure_ascii=False), "utf-8")
    months = {"months": localizer.months_with_year(), "dates": localizer.dates_with_year()}
    (folder / MONTHS).write_text(json.dumps(months), "utf-8")


# Kept, because tests compile the same templates again and again.
@cache
def _module(name: str, text: str, file: str) -> str:
    """What ModuleLoader makes pages with, in an environment that is not there yet."""
    return _JINJA.compile(text, name, file, raw=True, defer_init=True)
