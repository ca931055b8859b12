"""What must hold of the project's own texts, in every language."""

import pytest

from infra.site.places import Places
from infra.site.sources.article import Article
from infra.site.translations.check import read_all

ARTICLES = read_all(Places().articles)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda each: each.slug)
def test_what_happens_in_a_session_leads_to_what_one_should_say_there(article: Article) -> None:
    for text in article.texts.values():
        assert text.blocks["sections.session"].links == ("#see-doctor", "#contraindications")
