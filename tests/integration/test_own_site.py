"""The project's own practice and articles, which every other test here does without: they are published as they are."""

import gzip
from pathlib import Path

import pytest

from functions.content.compiled_site import CompiledSite
from functions.content.routes import answer
from infra.site import Report, compile_all
from infra.site.places import Places
from infra.site.sources.practice_file import load
from shared.http import Request

# Ten segments of 1460 bytes (RFC 6928): what a server sends before it hears from the reader.
FIRST_FLIGHT = 14_600
ARTICLES = sorted(path.parent.name for path in Places().articles.glob("*/article.yaml"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return compile_all(folder)


def test_every_article_is_published_in_every_language_of_the_practice(report: Report) -> None:
    assert {(row.article, row.locale, row.status) for row in report.rows} == {
        (article, locale, "published") for article in ARTICLES for locale in load().locales
    }
    assert report.warnings == ()


@pytest.mark.parametrize("locale", load().locales)
@pytest.mark.parametrize("article", ARTICLES)
def test_title_warning_signs_and_summary_with_their_style_take_less_than_the_first_flight(
    report: Report, folder: Path, article: str, locale: str
) -> None:
    site = CompiledSite(str(folder / "compiled/site"))
    page = answer(Request("GET", f"/{locale}/articles/{article}", {}, {}, b""), site).body
    first_screen, byline, _ = page.partition(b'<p class="byline">')

    assert byline
    assert b"<style>" in first_screen
    assert len(gzip.compress(first_screen)) < FIRST_FLIGHT


@pytest.mark.parametrize(
    "path", sorted(Places().articles.rglob("*.md")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_no_article_says_itself_what_the_practice_file_says(path: Path) -> None:
    practice = load()
    text = path.read_text(encoding="utf-8")

    for said in (practice.name, practice.practitioner.name, *practice.practitioner.credentials, practice.phone):
        assert said not in text
