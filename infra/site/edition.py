"""Everything that pages are made of: the practice, its articles and their standing, languages, templates, assets."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from markupsafe import Markup

from infra.site.errors import ContentError
from infra.site.languages.localize import Localizer
from infra.site.languages.message_files import translations
from infra.site.sources.article import Article
from infra.site.sources.assets import Asset, read_icons, read_pictures, read_released
from infra.site.sources.practice_file import PracticeFile
from infra.site.translations.publication import Publication, publications
from infra.site.views.article_view import ArticleView, article_view
from infra.site.views.page_view import Alternate, OpenGraphImage, PageView, SourceView, alternates
from infra.site.views.practice_view import site_view
from infra.site.views.render import Renderer
from shared.messages import SOURCE_LOCALE
from shared.opening_hours import OpeningHours
from shared.practice import Practice


class Edition:
    """The site, ready to be rendered.

    `file` is the practice's, with what only pages show. `catalogues` has no entry for the source locale. With `drafts`,
    drafts count as published. Raises ContentError where articles contradict the practice file, or translations the
    source text that they claim to be made from.
    """

    def __init__(
        self,
        practice: Practice,
        file: PracticeFile,
        articles: Sequence[Article],
        catalogues: Mapping[str, Catalog],
        *,
        templates: Path,
        assets: Mapping[str, Asset],
        icons: Path,
        home: Path,
        released: Path,
        today: date,
        drafts: bool,
    ) -> None:
        _check(practice, articles)
        self.pictures = {article.slug: read_pictures(article.document.path.parent) for article in articles}
        _check_captions(articles, self.pictures)
        self.practice = practice
        self.file = file
        self.hours = OpeningHours.of(practice)
        self.today = today
        self.locales = practice.locales
        self.assets = assets
        self.icons = read_icons(icons)
        self.home_pictures = read_pictures(home)
        self.released = read_released(released)
        country = practice.address.country
        self.localizers = {
            locale: Localizer(locale, translations(catalogues.get(locale)), country) for locale in self.locales
        }
        self.views = {locale: site_view(practice, file, localizer) for locale, localizer in self.localizers.items()}
        self.publications = {article.slug: publications(article, self.locales, today) for article in articles}
        self._shown = ("published", "drifted", "draft") if drafts else ("published", "drifted")
        self._templates = templates
        self._articles: dict[tuple[str, str], ArticleView] = {}
        self._renderers: dict[str, Renderer] = {}

    @cached_property
    def slugs(self) -> list[str]:
        """The articles that are shown in at least one locale."""
        return [slug for slug in self.publications if self.published(slug)]

    @cached_property
    def titles(self) -> dict[str, dict[str, str]]:
        """What each article is called where it is shown, by slug and locale; nothing where it is shown in none."""
        return {
            slug: {each.locale: each.text.front.title for each in self.published(slug)} for slug in self.publications
        }

    def published(self, slug: str) -> list[Publication]:
        """The locales that an article is shown in, in the site's order."""
        return [each for each in self.publications[slug] if each.status in self._shown]

    def locales_of(self, slug: str) -> list[str]:
        """The same, as tags."""
        return [each.locale for each in self.published(slug)]

    def article(self, publication: Publication) -> ArticleView:
        """A published article as templates see it."""
        slug, locale = key = publication.article.slug, publication.locale
        if key not in self._articles:
            self._articles[key] = article_view(
                publication.article,
                publication.text,
                self.localizers[locale],
                self.views[locale],
                notices=publication.notices,
                source_url=f"/{SOURCE_LOCALE}/articles/{slug}" if SOURCE_LOCALE in self.locales_of(slug) else None,
                pictures=self.pictures[slug],
            )
        return self._articles[key]

    def articles_for(self, locale: str) -> list[ArticleView]:
        """Every article shown: in `locale` where it is published in it, else in its first language."""
        chosen = []
        for slug in self.slugs:
            by_locale = {each.locale: each for each in self.published(slug)}
            chosen.append(by_locale.get(locale) or self.published(slug)[0])
        return [self.article(each) for each in chosen]

    def emergencies(self, locale: str) -> list[tuple[str, Markup]]:
        """The red flags of every article shown, each once: the locale it is in, and its HTML.

        For pages that belong to no article. Signs that articles word differently are all there.
        """
        found = ((article.locale, flag.html) for article in self.articles_for(locale) for flag in article.red_flags)
        return list(dict.fromkeys(found))

    def home_alternates(self, locale: str) -> tuple[Alternate, ...]:
        """The practice's page in every language."""
        return alternates(self.localizers.values(), locale, "/{locale}/", self.practice.origin)

    def article_alternates(self, slug: str, locale: str, page: str = "") -> tuple[Alternate, ...]:
        """An article's page, or the one at `page` behind its address, in every language that it is published in."""
        shown = [self.localizers[each] for each in self.locales_of(slug)]
        return alternates(shown, locale, f"/{{locale}}/articles/{slug}{page}", self.practice.origin)

    def page(
        self,
        locale: str,
        title: str,
        *,
        languages: tuple[Alternate, ...] | None = None,
        path: str | None = None,
        description: str = "",
        og_type: str = "website",
        json_ld: Any = None,
        shared_as: Asset | None = None,
    ) -> PageView:
        """A page in `locale`.

        `path` is its address without the locale, None where search engines are not to keep it; `languages` is what the
        language switcher leads to, by default the practice's page; `shared_as` is the picture for where it is shared.
        """
        localizer, origin = self.localizers[locale], self.practice.origin
        return PageView(
            locale=locale,
            dir=localizer.direction,
            title=title,
            description=description,
            canonical=None if path is None else f"{origin}/{locale}{path}",
            alternates=self.home_alternates(locale) if languages is None else languages,
            x_default=f"{origin}{path or '/'}",
            og_type=og_type,
            og_locale=localizer.open_graph,
            og_image=OpenGraphImage(origin + shared_as.path, shared_as.size) if shared_as else None,
            json_ld=json_ld,
        )

    def renderer(self, locale: str) -> Renderer:
        """Templates in one language."""
        if locale not in self._renderers:
            localizer = self.localizers[locale]
            source = SourceView(SOURCE_LOCALE, localizer.language_name(SOURCE_LOCALE))
            shared = {"site": self.views[locale], "source": source}
            self._renderers[locale] = Renderer(self._templates, localizer, self.assets, shared)
        return self._renderers[locale]


def _check(practice: Practice, articles: Sequence[Article]) -> None:
    person = practice.practitioner
    faults = []
    for article in articles:
        facts, document = article.facts, article.document
        if facts.author != person.id:
            faults.append(document.fault(("author",), f"{facts.author!r} is not the practitioner, {person.id!r}"))
        # What a chiropractor may do differs from state to state, so the page must not offer it anywhere else.
        if facts.service_region != practice.region:
            message = f"{facts.service_region!r} is not the practice's region, {practice.region!r}"
            faults.append(document.fault(("service_region",), message))
    if faults:
        raise ContentError(faults)


def _check_captions(articles: Sequence[Article], pictures: Mapping[str, Mapping[str, Asset]]) -> None:
    """Every picture beside a text says in words what it shows, in the source; translations have what the source has."""
    faults = []
    for article in articles:
        source = article.source
        shown = {id_ for id_ in source.section_ids() if f"{id_}.svg" in pictures[article.slug]}
        captions = {id_ for id_, _ in source.group("captions")}
        for id_ in sorted(shown ^ captions):
            message = "has no picture" if id_ in captions else "is missing: the picture needs one"
            faults.append(source.file.front.fault(("captions",), f"{id_} {message}"))
    if faults:
        raise ContentError(faults)
