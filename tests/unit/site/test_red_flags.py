"""The tables of warning signs in docs/red-flags.md say what the project's own article says, in the tables' languages.

python -m tests.unit.site.test_red_flags    fill the languages' columns from the article
"""

import re
from pathlib import Path

import pytest

from infra.site.places import Places
from infra.site.sources import markdown
from infra.site.sources.article import Article
from infra.site.sources.practice_file import load
from infra.site.translations.check import read_all
from infra.site.translations.publication import drifts
from shared.messages import SOURCE_LOCALE

DOCUMENT = Path(__file__).parents[3] / "docs/red-flags.md"
ARTICLE = "dry-needling-for-sciatica"
LEVELS = ("red_flags.", "see_doctor.")
HEADER = re.compile(r"^\| source \| sign \| block \| (.+) \|$", re.MULTILINE)
ROW = re.compile(r"^(?P<head>\| [^|]+ \| [^|]+ \| `(?P<block>[\w.-]+)` \|).*$", re.MULTILINE)


def filled(text: str, article: Article) -> str:
    """`text` with each sign as the article words it, and a dash where a translation is not up to date."""
    values = {"emergency_number": load().emergency_number}
    locales = locales_of(text)
    stale = {locale: {each.block for each in drifts(article.source, article.texts[locale])} for locale in locales}
    stale[SOURCE_LOCALE] = set()

    def said(locale: str, block: str) -> str:
        blocks = article.texts[locale].blocks
        return "—" if block in stale[locale] or block not in blocks else markdown.plain(blocks[block].tokens, values)

    return ROW.sub(
        lambda row: f"{row['head']} " + " | ".join(said(locale, row["block"]) for locale in locales) + " |", text
    )


def locales_of(text: str) -> list[str]:
    """The languages that the tables have a column for."""
    (columns,) = set(HEADER.findall(text))
    return str(columns).split(" | ")


def own_article() -> Article:
    (found,) = (each for each in read_all(Places().articles) if each.slug == ARTICLE)
    return found


@pytest.fixture(scope="module")
def article() -> Article:
    return own_article()


def test_every_sign_of_the_article_is_compared_with_its_source(article: Article) -> None:
    signs = {id_ for id_ in article.source.blocks if id_.startswith(LEVELS)}

    assert {row["block"] for row in ROW.finditer(DOCUMENT.read_text(encoding="utf-8"))} == signs


def test_each_sign_is_worded_as_in_the_article(article: Article) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert text == filled(text, article), "run python -m tests.unit.site.test_red_flags"


if __name__ == "__main__":
    DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8"), own_article()), encoding="utf-8")
