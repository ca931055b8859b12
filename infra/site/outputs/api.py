"""The articles as JSON: what `/api/articles` and `/api/articles/{slug}` answer.

Every document opens with `"locale"`: what was asked for, what is served, and how the two relate. It is compiled for the
case that exactly this locale is asked for; for other cases the content function writes that one member anew.
"""

from collections.abc import Sequence
from typing import Any

from infra.site.edition import Edition
from infra.site.sources import markdown
from infra.site.table import Row, Table
from infra.site.translations.publication import Publication
from infra.site.views.article_view import ArticleView, SectionView
from infra.site.views.page_view import alternates
from shared.http import JSON, dump_json

COLLECTION = "/api/articles"

_LISTS = ("red_flags", "see_doctor", "takeaways", "contraindications", "risks", "alternatives")


def article_path(slug: str) -> str:
    """An article's address in the API."""
    return f"{COLLECTION}/{slug}"


def collection_row(edition: Edition, table: Table, locale: str) -> Row:
    """All articles, each in `locale` where it is published in it, else in its first language."""
    articles = edition.articles_for(locale)
    document = {"articles": [_summary(edition, article) for article in articles]}
    languages = list(dict.fromkeys(article.locale for article in articles)) or [locale]
    return _add(edition, table, document, COLLECTION, locale, languages=languages, alternate_locales=edition.locales)


def article_row(edition: Edition, table: Table, publication: Publication) -> Row:
    """One article in full, in one language."""
    slug, locale = publication.article.slug, publication.locale
    document = _article(edition, publication, edition.article(publication))
    path = article_path(slug)
    return _add(edition, table, document, path, locale, languages=[locale], alternate_locales=edition.locales_of(slug))


def _add(
    edition: Edition,
    table: Table,
    document: dict[str, Any],
    path: str,
    locale: str,
    *,
    languages: Sequence[str],
    alternate_locales: Sequence[str],
) -> Row:
    opening = b'{"locale":' + dump_json({"requested": locale, "served": locale, "match": "exact"})
    others = alternates(
        [edition.localizers[each] for each in alternate_locales], locale, f"{path}?locale={{locale}}", ""
    )
    headers = {
        "content-type": JSON,
        "content-language": ", ".join(languages),
        "content-location": f"{path}?locale={locale}",
        "link": ", ".join(f'<{each.path}>; rel="alternate"; hreflang="{each.locale}"' for each in others),
        "cache-control": "no-cache",
    }
    row = table.add(opening + b"," + dump_json(document)[1:], headers)
    table.rows[row]["opening"] = len(opening)
    return row


def _article(edition: Edition, publication: Publication, article: ArticleView) -> dict[str, Any]:
    blocks = publication.text.blocks
    facts = publication.article.facts
    values = {
        "emergency_number": edition.practice.emergency_number,
        "practitioner": edition.views[publication.locale].signature.striptags().replace("\u00a0", " "),
    }

    def text(id_: str, html: str) -> dict[str, Any]:
        block = blocks[id_]
        return {
            "text": markdown.plain(block.tokens, values),
            # Shown elsewhere, it still leads to the practice's pages, as its citations do.
            "html": str(html).replace('href="/', f'href="{edition.practice.origin}/'),
            "citations": list(dict.fromkeys(block.citations)),
        }

    def items(name: str) -> list[dict[str, Any]]:
        return [{"id": each.id, **text(f"{name}.{each.id}", each.html)} for each in getattr(article, name)]

    def section(each: SectionView) -> dict[str, Any]:
        head = {"id": each.id, "severity": each.severity, "heading": each.heading}
        return {**head, **text(f"sections.{each.id}", each.html)}

    return {
        **_summary(edition, article),
        "summary": text("summary", article.summary),
        "dates": facts.model_dump(mode="json", include={"published", "modified", "last_reviewed", "next_review_due"}),
        "author": {
            "name": article.author.name,
            "title": article.author.title,
            "credentials": article.author.credentials,
        },
        "reviewer": facts.reviewer.model_dump() if facts.reviewer else None,
        "emergency": {"number": edition.practice.emergency_number, "region": edition.practice.region},
        **{name: items(name) for name in _LISTS},
        "opening": text("opening", article.opening),
        "sections": [section(each) for each in article.sections],
        "evidence": text("evidence", article.evidence),
        "conflict_of_interest": text("conflict_of_interest", article.conflict_of_interest),
        "disclaimer": text("disclaimer", article.disclaimer),
        "references": [
            {"number": each.number, **each.reference.model_dump(), "link": each.reference.link}
            for each in article.references
        ],
        "translation": _translation(publication),
        "notices": article.notices,
    }


def _summary(edition: Edition, article: ArticleView) -> dict[str, Any]:
    return {
        "slug": article.slug,
        "language": article.locale,
        "revision": article.revision,
        "url": edition.practice.origin + article.url,
        "title": article.title,
        "description": article.description,
        "alternates": [
            {"locale": each.locale, "url": each.absolute, "api": f"{article_path(article.slug)}?locale={each.locale}"}
            for each in edition.article_alternates(article.slug, article.locale)
        ],
    }


def _translation(publication: Publication) -> dict[str, Any] | None:
    translation = publication.text.front.translation
    if translation is None:
        return None
    status = "drifted" if publication.has_drifted else "current"
    return {"status": status, **translation.model_dump(mode="json", exclude={"sources"})}
