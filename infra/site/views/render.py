"""Templates to HTML, in one language.

Every template is given

    site        practice_view.SiteView      the practice, in the page's language
    page        page_view.PageView          this page, its addresses and languages
    source      page_view.SourceView        the language that articles are written in
    asset(name)                             the fingerprinted address of a file in assets/
    style(*names)                           the style sheets of these names and the language's own, for a style element
    slot(name, default='')                  a place of the form (form_slots.py)
    returned                                whether this is the page that comes back from the form
    _(message, **values)                    gettext; values fill %(placeholders)s
    text|sentences                          a heading of two sentences, each kept in one piece
    text|unbroken                           a number or a degree that no line ends in

and besides

    landing.html    article: article_view.ArticleView, form: pages.FormView
    references.html article, as on its page
    home.html       articles: a list of ArticleView
    thank_you.html  reference and promise: text, red_flags: pairs of locale and HTML
    error.html      error: title, detail, links (each path, locale, dir, text)
    words.html      form: words.FormWords, promise: promises.promise_words

All but references.html and error.html have scripts, which need hours: promises.dated_hours, and words: the address of
a words.html.

`partials/form_fragments.html` holds the macros named in `form_slots.FRAGMENTS`.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.bccache import Bucket
from jinja2.runtime import Macro
from markupsafe import Markup

from functions.leads.sentences import unbroken
from infra.site.errors import ContentError, fault
from infra.site.languages.localize import Localizer
from infra.site.sources.assets import Asset, find, style_sheets
from infra.site.sources.typography import close_gaps, sentences
from infra.site.views import form_slots


def data_block(document: object) -> Markup:
    """JSON for a `<script>` element of a data type."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # In a script element only "</" and "<!--" mean anything to an HTML parser.
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704


def _address(assets: Mapping[str, Asset], name: str) -> str:
    return find(assets, name).path


def _style(assets: Mapping[str, Asset], locale: str, *names: str) -> Markup:
    return Markup("".join(sheet.body.decode() for sheet in style_sheets(assets, locale, *names)))  # noqa: S704


class _InMemory(BytecodeCache):
    """Compiled templates. Jinja compares what it finds with the template as it is now."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket` with what was compiled before, if anything was."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what has been compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


# The locales differ in messages only, so one compilation serves them all, and whoever compiles the site again.
_COMPILED = _InMemory()


class Renderer:
    """Renders templates for one locale. `shared` is in every template's context."""

    def __init__(
        self,
        folder: Path,
        localizer: Localizer,
        assets: Mapping[str, Asset],
        shared: Mapping[str, Any],
    ) -> None:
        self._folder = folder
        self._environment = _environment(folder, extensions=["jinja2.ext.i18n"])
        self._environment.policies["ext.i18n.trimmed"] = True
        self._environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
        self._environment.install_gettext_translations(localizer.catalogue, newstyle=True)  # type: ignore[attr-defined]
        self._environment.filters |= {"sentences": sentences, "unbroken": unbroken}
        self._environment.globals |= {
            "asset": partial(_address, assets),
            "style": partial(_style, assets, localizer.tag),
            "slot": form_slots.as_shown,
            "returned": False,
            **shared,
        }

    def page(self, template: str, **context: Any) -> str:
        """A page as first shown. Raises ContentError where the template is wrong."""
        return self._render(template, context)

    def cut_page(self, template: str, **context: Any) -> str:
        """The same page with a mark at each of the form's slots."""
        return self._render(template, {**context, "slot": form_slots.as_slot, "returned": True})

    def fragments(self, template: str, names: tuple[str, ...]) -> dict[str, str]:
        """The output of macros that take no arguments, by name."""
        macros = self._environment.get_template(template).make_module({})
        return {name: close_gaps(str(getattr(macros, name)())) for name in names}

    def _render(self, template: str, context: Mapping[str, Any]) -> str:
        with _naming(self._folder / template):
            return close_gaps(self._environment.get_template(template).render(context))


def macros(template: Path, **context: Any) -> dict[str, str]:
    """The output of every macro of a template in no language, by name. Raises ContentError where it is wrong."""
    with _naming(template):
        module = _environment(template.parent).get_template(template.name).make_module(context)
        # Jinja has them in a set: sorted, or each process would write them in an order of its own.
        return {name: str(macro()) for name, macro in sorted(vars(module).items()) if isinstance(macro, Macro)}


def _environment(folder: Path, **options: Any) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )


@contextmanager
def _naming(template: Path) -> Iterator[None]:
    """Whatever is wrong with a template becomes a ContentError that names file and line."""
    try:
        yield
    except TemplateSyntaxError as error:
        path = Path(error.filename or template)
        raise ContentError([fault(path, error.lineno, "template", error.message or "syntax error")]) from error
    except (TemplateError, KeyError) as error:
        path, line = _place(error) or (template, None)
        raise ContentError([fault(path, line, "template", str(error))]) from error


def _place(error: BaseException) -> tuple[Path, int] | None:
    """The template and its line where rendering failed; Jinja writes both into the traceback."""
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".html") and frame.lineno]
    return (Path(frames[-1].filename), frames[-1].lineno or 0) if frames else None
