"""The project's own practice and articles, which every other test here does without: they are published as they are."""

from pathlib import Path

import pytest

from infra.site import compile_all
from infra.site.places import Places
from infra.site.sources.practice_file import load


def test_every_article_is_published_in_every_language_of_the_practice(tmp_path: Path) -> None:
    articles = {path.parent.name for path in Places().articles.glob("*/article.yaml")}

    report = compile_all(tmp_path)

    assert {(row.article, row.locale, row.status) for row in report.rows} == {
        (article, locale, "published") for article in articles for locale in load().locales
    }
    assert report.warnings == ()


@pytest.mark.parametrize(
    "path", sorted(Places().articles.rglob("*.md")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_no_article_says_itself_what_the_practice_file_says(path: Path) -> None:
    practice = load()
    text = path.read_text(encoding="utf-8")

    for said in (practice.name, practice.practitioner.name, *practice.practitioner.credentials, practice.phone):
        assert said not in text
