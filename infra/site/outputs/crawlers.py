"""What crawlers ask for: robots.txt, and the sitemap with every page in every language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from infra.site.edition import Edition
from infra.site.views.article_view import REFERENCES
from infra.site.views.page_view import Alternate


@dataclass(frozen=True)
class SitemapEntry:
    """A page in all its languages; `x_default` is the address that picks one."""

    alternates: tuple[Alternate, ...]
    x_default: str
    modified: date | None = None


def entries(edition: Edition) -> list[SitemapEntry]:
    """The pages that search engines are to know of."""
    origin, default = edition.practice.origin, edition.locales[0]
    found = [SitemapEntry(edition.home_alternates(default), f"{origin}/")]
    for slug in edition.slugs:
        listed = {each.locale: each for each in edition.published(slug) if each.status != "draft"}
        modified = edition.publications[slug][0].article.facts.modified
        for page in ("", REFERENCES):
            alternates = tuple(
                each for each in edition.article_alternates(slug, default, page) if each.locale in listed
            )
            found.append(SitemapEntry(alternates, f"{origin}/articles/{slug}{page}", modified))
    return found


def sitemap(entries: Sequence[SitemapEntry]) -> str:
    """Every canonical address once, each with all its alternates (sitemaps.org protocol, hreflang as xhtml:link)."""
    urls = [_url(entry, each.absolute) for entry in entries for each in entry.alternates]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{''.join(urls)}</urlset>\n"
    )


def robots(origin: str) -> str:
    """Everything may be read but the API and the practice's own pages (RFC 9309)."""
    return f"User-agent: *\nDisallow: /api/\nDisallow: /inbox\n\nSitemap: {origin}/sitemap.xml\n"


def _url(entry: SitemapEntry, absolute: str) -> str:
    links = [(each.locale, each.absolute) for each in entry.alternates] + [("x-default", entry.x_default)]
    lines = [f"<loc>{escape(absolute)}</loc>"]
    if entry.modified:
        lines.append(f"<lastmod>{entry.modified.isoformat()}</lastmod>")
    lines += [f'<xhtml:link rel="alternate" hreflang="{locale}" href={quoteattr(href)}/>' for locale, href in links]
    return "<url>\n" + "".join(f"{line}\n" for line in lines) + "</url>\n"
