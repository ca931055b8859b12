"""The articles as JSON: what `/api/articles` and `/api/articles/{slug}` answer.

Every document opens with `"locale"`: what was asked for, what is served, and how the two relate. It is compiled for the
case that exactly this locale is asked for; for other cases the content function writes that one member anew.
"""

from collections.abc import Sequence
from typing import Any

from functions.content.compiler import markdown
from functions.content.compiler.article_view import ArticleView, ItemView, SectionView
from functions.content.compiler.blocks import Block
from functions.content.compiler.page_view import alternates
from functions.content.compiler.publication import Publication
from functions.content.compiler.site import Site
from functions.content.compiler.table import Row, Table
from shared.http import JSON, dump_json

COLLECTION = "/api/articles"

_LISTS = ("red_flags", "takeaways", "contraindications", "risks", "alternatives")


def article_path(slug: str) -> str:
    """An article's address in the API."""
    return f"{COLLECTION}/{slug}"


def collection_row(site: Site, table: Table, locale: str) -> Row:
    """All articles, each in `locale` where it is published in it, else in its first language."""
    articles = site.articles_for(locale)
    document = {"articles": [_summary(site, article) for article in articles]}
    languages = list(dict.fromkeys(article.locale for article in articles)) or [locale]
    return _add(site, table, document, COLLECTION, locale, languages=languages, alternate_locales=site.locales)


def article_row(site: Site, table: Table, publication: Publication) -> Row:
    """One article in full, in one language."""
    slug, locale = publication.article.slug, publication.locale
    document = _article(site, publication, site.article(publication))
    path = article_path(slug)
    return _add(site, table, document, path, locale, languages=[locale], alternate_locales=site.locales_of(slug))


def _add(
    site: Site,
    table: Table,
    document: dict[str, Any],
    path: str,
    locale: str,
    *,
    languages: Sequence[str],
    alternate_locales: Sequence[str],
) -> Row:
    opening = b'{"locale":' + dump_json({"requested": locale, "served": locale, "match": "exact"})
    others = alternates([site.localizers[each] for each in alternate_locales], locale, f"{path}?locale={{locale}}", "")
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


def _article(site: Site, publication: Publication, article: ArticleView) -> dict[str, Any]:
    blocks = publication.text.blocks
    facts = publication.article.facts
    return {
        **_summary(site, article),
        "summary": _text(blocks["summary"], article.summary),
        "dates": facts.model_dump(mode="json", include={"published", "modified", "last_reviewed", "next_review_due"}),
        "author": {
            "name": article.author.name,
            "title": article.author.title,
            "credentials": article.author.credentials,
        },
        "reviewer": facts.reviewer.model_dump() if facts.reviewer else None,
        "emergency": {"number": site.practice.emergency_number, "region": site.practice.region},
        **{name: _items(publication, name, getattr(article, name)) for name in _LISTS},
        "opening": _text(blocks["opening"], article.opening),
        "sections": [_section(blocks[f"sections.{each.id}"], each) for each in article.sections],
        "evidence": _text(blocks["evidence"], article.evidence),
        "conflict_of_interest": _text(blocks["conflict_of_interest"], article.conflict_of_interest),
        "disclaimer": _text(blocks["disclaimer"], article.disclaimer),
        "references": [
            {"number": each.number, **each.reference.model_dump(), "link": each.reference.link}
            for each in article.references
        ],
        "translation": _translation(publication),
        "notices": article.notices,
    }


def _summary(site: Site, article: ArticleView) -> dict[str, Any]:
    return {
        "slug": article.slug,
        "language": article.locale,
        "revision": article.revision,
        "url": site.practice.origin + article.url,
        "title": article.title,
        "description": article.description,
        "alternates": [
            {"locale": each.locale, "url": each.absolute, "api": f"{article_path(article.slug)}?locale={each.locale}"}
            for each in site.article_alternates(article.slug, article.locale)
        ],
    }


def _translation(publication: Publication) -> dict[str, Any] | None:
    translation = publication.text.front.translation
    if translation is None:
        return None
    status = "drifted" if publication.has_drifted else "current"
    return {"status": status, **translation.model_dump(mode="json", exclude={"sources"})}


def _section(block: Block, section: SectionView) -> dict[str, Any]:
    return {
        "id": section.id,
        "severity": section.severity,
        "heading": section.heading,
        **_text(block, section.html),
    }


def _items(publication: Publication, name: str, items: Sequence[ItemView]) -> list[dict[str, Any]]:
    blocks = publication.text.blocks
    return [{"id": each.id, **_text(blocks[f"{name}.{each.id}"], each.html)} for each in items]


def _text(block: Block, html: str) -> dict[str, Any]:
    return {"text": markdown.plain(block.tokens), "html": str(html), "citations": list(dict.fromkeys(block.citations))}
