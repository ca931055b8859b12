"""Letterheads of the tests' practice, as the compiler would make them, and a mail with everything in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from gettext import NullTranslations

from infra.site.languages.localize import Localizer
from infra.site.languages.message_files import LOCALES, extract, read, translated, translations
from infra.site.outputs.mail import mail_parts
from infra.site.places import Places
from shared.letterhead import Compiled, Letterhead
from shared.mail import Button, Entries, Entry, Heading, Mail, Notice, Quote, Row, Rows, Sentence, Small
from shared.practice import Practice
from tests.practice import PRACTICE

TITLES = {"dry-needling-for-sciatica": {"en": "Needles for backs", "ar": "الوخز الجاف"}, "withdrawn": {}}
LINK = "https://www.example.com/enquiry/7KQM-4TWX?a=1&b=2"


def letterhead(
    practice: Practice = PRACTICE, locale: str = "", catalogue: NullTranslations | None = None
) -> Letterhead:
    """A letterhead in `locale`, by default the practice's language; in English words where there is no catalogue."""
    locale = locale or practice.language
    words = catalogue or _catalogue(locale)
    return Letterhead(practice, "website@example.com", locale, words, _parts(practice))


def every_block(words: str) -> Mail:
    """A mail with every kind of block, in which `words` stand wherever words can."""
    row = Row(words, words, LINK)
    return Mail(
        words,
        (
            Notice(words, words),
            Heading(words),
            Sentence(words),
            Rows((row, Row(words, words))),
            Quote(words, words),
            Button(words, LINK),
            Button(words, LINK, is_quiet=True),
            Entries((Entry(words, (row,), Button(words, LINK)), Entry(words, (row,)))),
            Small(words),
        ),
    )


@cache
def _parts(practice: Practice) -> Compiled:
    localizers = {
        tag: Localizer(tag, _catalogue(tag), practice.address.country) for tag in {*practice.locales, practice.language}
    }
    return mail_parts(practice, localizers, TITLES, Places().mail)


@cache
def _catalogue(locale: str) -> NullTranslations:
    return translations(read(LOCALES, locale)) if locale in translated(LOCALES) else NullTranslations()


@contextmanager
def listening() -> Iterator[tuple[Letterhead, set[str]]]:
    """A letterhead, and what of its words translators were never shown."""
    said: set[str] = set()
    unknown: set[str] = set()

    class Listening(NullTranslations):
        def gettext(self, message: str) -> str:
            said.add(message)
            return message

    yield letterhead(catalogue=Listening()), unknown
    assert said
    unknown |= said - {str(message.id) for message in extract(PRACTICE)}
