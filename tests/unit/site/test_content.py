"""What must hold of the project's own texts, in every language: articles, and the messages of the catalogues."""

import re
from collections.abc import Iterator

import pytest

from infra.site.languages import message_files
from infra.site.places import Places
from infra.site.sources.article import Article
from infra.site.translations.check import read_all
from shared.messages import SOURCE_LOCALE
from tests.practice import PRACTICE

ARTICLES = read_all(Places().articles)
LOCALES = (SOURCE_LOCALE, *message_files.translated(message_files.LOCALES))

# What is not prose: tags, addresses, placeholders and citations. Some of it is a word where it stands.
_WORDS = re.compile(r"<[^>]*>|https?://\S+|%\(\w+\)s|\{\w+\}|\[@[^\]]*\]")
_WIDE = "[\u3001-\u30ff\u3400-\u9fff\uff00-\uffef]"
EVERYWHERE = {
    "a straight quotation mark": r'"',
    "a straight apostrophe": r"'",
    "a hyphen at which a line may end": r"\b[Ee]-mail",
    "dots for an ellipsis": r"\.\.\.",
}
SLIPS = {
    "es": {"a question or a call that does not open": r"^[^¿]*\?|^[^¡]*!"},
    # The French space before a stop is one where no line ends, narrow but at a colon and in quotation marks.
    "fr": {"a stop that may begin a line": "[^\u202f][;!?]|[^\u00a0][:»](?=\\s|$)|«[^\u00a0]"},
    "ar": {"a stop of another script": "[\u0600-\u06ff][,;?]"},
    "zh-Hant": {
        "a space between wide characters": f"{_WIDE} {_WIDE}",
        "a stop of another script": r"[\u3400-\u9fff][,.;:!?()]",
        "another language's quotation marks": "[“”‘’«»]",
    },
}


def texts(locale: str) -> Iterator[str]:
    """Everything that is written in one language."""
    for article in ARTICLES:
        if locale in article.texts:
            yield from (block.whole for block in article.texts[locale].blocks.values())
    source = locale == SOURCE_LOCALE
    messages = message_files.extract(PRACTICE) if source else message_files.read(message_files.LOCALES, locale)
    yield from (str(each.id if source else each.string) for each in messages if each.id)


def slips(locale: str, text: str) -> Iterator[str]:
    """What a typesetter would send back."""
    prose = _WORDS.sub("x", text.replace("*", ""))
    for slip, pattern in {**EVERYWHERE, **SLIPS.get(locale, {})}.items():
        yield from (f"{slip}: {found[0]!r} in {prose}" for found in re.finditer(pattern, prose))


@pytest.mark.parametrize("locale", LOCALES)
def test_texts_are_set_as_their_language_sets_them(locale: str) -> None:
    written = list(texts(locale))

    assert len(written) > 100
    assert [slip for text in written for slip in slips(locale, text)] == []


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", 'the "ask first" list'),
        ("en", "your doctor's advice"),
        ("en", "by e-mail"),
        ("ar", "انتظر..."),
        ("es", "Qué es?"),
        ("fr", "Attention : ceci"),
        ("fr", "Pourquoi\u00a0?"),
        ("fr", "« oui\u00a0»"),
        ("ar", "نعم, لا"),
        ("zh-Hant", "**首先是談話。** 您可以發問。"),
        ("zh-Hant", "是,否"),
        ("zh-Hant", "請看“清單”"),
    ],
)
def test_a_slip_would_be_noticed(locale: str, text: str) -> None:
    assert len(list(slips(locale, text))) >= 1


@pytest.mark.parametrize("article", ARTICLES, ids=lambda each: each.slug)
def test_what_happens_in_a_session_leads_to_what_one_should_say_there(article: Article) -> None:
    for text in article.texts.values():
        assert text.blocks["sections.session"].links == ("#see-doctor", "#contraindications")
