"""The HTML pages, as rows of the table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.site.edition import Edition
from infra.site.outputs import structured_data
from infra.site.outputs.compiled_form import form_fields
from infra.site.outputs.problems import WITHHELD_DETAIL, WITHHELD_TITLE
from infra.site.outputs.promises import dated_hours, open_times
from infra.site.outputs.words import words
from infra.site.table import REVALIDATED, Row, Table
from infra.site.translations.publication import Publication
from infra.site.views import audit, form_slots
from infra.site.views.article_view import REFERENCES
from infra.site.views.page_view import PageView
from infra.site.views.policy import policy_of
from shared.consent import CONSENT_VERSION, consent_text
from shared.http import HTML, POLICY
from shared.messages import mark as _

# What stands on a thank-you page where the content function puts the reference and the promise, if there is one.
SLOTS = {name: f"\ue000{name}\ue001" for name in ("reference", "promise")}

_HOME_TITLE = _("{practice}: articles and contact")
_HOME_DESCRIPTION = _("Articles by {name}, {title}, and how to reach the practice.")
_REFERENCES_TITLE = _("References: {title}")
_REFERENCES_DESCRIPTION = _(
    "The sources of “{title}”: who wrote them and when, what kind of study each is, and where to find it."
)
_THANK_YOU_TITLE = _("Thank you")


@dataclass(frozen=True)
class FormView:
    """What templates call `form`.

    Attributes:
        consent_text: What is agreed to, and which version of it.
        fields: The form's fields in their order, as `form_fields` has them.
        times: The times of the day to choose from.
        kept: For how long an enquiry is kept.
    """

    consent_text: str
    consent_version: str
    fields: Mapping[str, Mapping[str, Any]]
    times: Sequence[str]
    kept: str


def page_rows(edition: Edition, table: Table) -> dict[str, Row]:
    """Every page that has an address of its own, by its path."""
    rows = {}
    for locale in edition.locales:
        rows[f"/{locale}/"] = _home(edition, table, locale)
        for slug in edition.slugs:
            path = f"/{locale}/articles/{slug}"
            publication = next((each for each in edition.published(slug) if each.locale == locale), None)
            if publication:
                rows[path] = _landing(edition, table, publication)
                rows[path + REFERENCES] = _references(edition, table, publication)
            else:
                rows[path] = rows[path + REFERENCES] = _withheld(edition, table, locale, slug)
    return rows


def thank_you_rows(edition: Edition, table: Table) -> dict[str, Row]:
    """The page after the form, by locale."""
    rows = {}
    for locale in edition.locales:
        page = edition.page(locale, edition.localizers[locale].say(_THANK_YOU_TITLE))
        flags = edition.emergencies(locale)
        html = edition.renderer(locale).page(
            "thank_you.html", page=page, red_flags=flags, **_scripts(edition, locale), **SLOTS
        )
        headers = {**_headers(locale, html), "cache-control": "no-store", "x-robots-tag": "noindex"}
        rows[locale] = table.add(_checked(html, "thank_you.html").encode(), headers, fixed=False)
    return rows


def error_page(edition: Edition, table: Table, locale: str, *, status: int, error: dict[str, Any]) -> Row:
    """A page that says what is wrong: `error` has `title`, `detail` and `links` (path, locale, dir, text)."""
    page = edition.page(locale, error["title"])
    return _row(edition, table, locale, "error.html", kept="no-store", status=status, page=page, error=error)


def form_documents(edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    """The landing pages cut for the leads function, by file name."""
    for slug in edition.slugs:
        for publication in edition.published(slug):
            locale = publication.locale
            article = edition.article(publication)
            page = edition.page(locale, article.title, languages=edition.article_alternates(slug, locale))
            renderer = edition.renderer(locale)
            html = renderer.cut_page("landing.html", page=page, article=article, **_form(edition, locale))
            fragments = renderer.fragments("partials/form_fragments.html", form_slots.FRAGMENTS)
            yield (
                f"{slug}.{locale}.json",
                {
                    "revision": article.revision,
                    "headers": _headers(locale, html),
                    "pieces": form_slots.cut(html),
                    "fragments": fragments,
                },
            )


def _home(edition: Edition, table: Table, locale: str) -> Row:
    person, say = edition.views[locale].practitioner, edition.localizers[locale].say
    page = edition.page(
        locale,
        say(_HOME_TITLE, practice=edition.practice.name),
        path="/",
        description=say(_HOME_DESCRIPTION, name=person.name, title=person.title),
        json_ld=structured_data.practice_graph(edition, locale),
        shared_as=edition.home_pictures.get(f"og.{locale}.png"),
    )
    articles = edition.articles_for(locale)
    return _row(edition, table, locale, "home.html", page=page, articles=articles, **_scripts(edition, locale))


def _landing(edition: Edition, table: Table, publication: Publication) -> Row:
    locale, article = publication.locale, edition.article(publication)
    page = _page_of(
        edition,
        publication,
        article.title,
        description=article.description,
        og_type="article",
        json_ld=structured_data.article_graph(edition, article),
    )
    return _row(edition, table, locale, "landing.html", page=page, article=article, **_form(edition, locale))


def _references(edition: Edition, table: Table, publication: Publication) -> Row:
    locale, article = publication.locale, edition.article(publication)
    say = edition.localizers[locale].say
    page = _page_of(
        edition,
        publication,
        say(_REFERENCES_TITLE, title=article.title),
        behind=REFERENCES,
        description=say(_REFERENCES_DESCRIPTION, title=article.title),
        json_ld=structured_data.references_graph(edition, article),
    )
    return _row(edition, table, locale, "references.html", page=page, article=article)


def _page_of(edition: Edition, publication: Publication, title: str, *, behind: str = "", **more: Any) -> PageView:
    """A page of an article: its own, or the one at `behind` its address. `more` is as `Edition.page` takes it."""
    slug, locale = publication.article.slug, publication.locale
    return edition.page(
        locale,
        title,
        languages=edition.article_alternates(slug, locale, behind),
        path=None if publication.status == "draft" else f"/articles/{slug}{behind}",
        shared_as=edition.pictures[slug].get(f"og.{locale}.png"),
        **more,
    )


def _withheld(edition: Edition, table: Table, locale: str, slug: str) -> Row:
    """An article where it is not published: said in the reader's language, with the way to the other languages."""
    titles = {each.locale: each.text.front.title for each in edition.published(slug)}
    links = [
        {"path": each.path, "locale": each.locale, "dir": each.dir, "text": titles[each.locale]}
        for each in edition.article_alternates(slug, locale)
    ]
    say = edition.localizers[locale].say
    error = {"title": say(WITHHELD_TITLE), "detail": say(WITHHELD_DETAIL), "links": links}
    return error_page(edition, table, locale, status=404, error=error)


def _form(edition: Edition, locale: str) -> dict[str, Any]:
    localizer = edition.localizers[locale]
    form = FormView(
        consent_text(localizer.catalogue, edition.practice.name),
        CONSENT_VERSION,
        form_fields(),
        open_times(edition.hours),
        localizer.period(edition.practice.keep_days),
    )
    return {"form": form, **_scripts(edition, locale)}


def _scripts(edition: Edition, locale: str) -> dict[str, Any]:
    return {"hours": dated_hours(edition.hours, edition.today), "words": words(edition, locale).path}


def _row(
    edition: Edition,
    table: Table,
    locale: str,
    template: str,
    *,
    kept: str = REVALIDATED,
    status: int = 200,
    **context: Any,
) -> Row:
    """The page that a template makes of `context`; `kept` says for how long."""
    html = edition.renderer(locale).page(template, **context)
    headers = {**_headers(locale, html), "cache-control": kept}
    return table.add_page(_checked(html, template), headers, status=status)


def _headers(locale: str, html: str) -> dict[str, str]:
    return {"content-type": HTML, "content-language": locale, POLICY: policy_of(html)}


def _checked(html: str, template: str) -> str:
    audit.check(html, template)
    return html
