"""The consent: what a version stands for never changes."""

from hashlib import sha256

import pytest

from infra.site.languages.message_files import LOCALES, read
from shared import consent

# A new sentence, in whichever language, is a new version: leads keep the version that was agreed to.
DIGESTS = {
    "2026-11-23": {
        "en": "6e8a5fbbf1ed2b43",
        "es": "4e0c19c948c92afe",
        "fr": "cef9a872d59989ea",
        "zh-Hant": "f6fbd49e0638f5c5",
        "ar": "9e440839c8dfe022",
    },
    "2026-11-25": {
        "en": "704220a25907bf16",
        "es": "68bb6445fd3400a8",
        "fr": "4977bf953804e567",
        "zh-Hant": "237e0c4b4ed5c9ab",
        "ar": "eef9312ab823bf69",
    },
}


@pytest.mark.parametrize("version", DIGESTS)
def test_a_version_is_one_sentence_in_each_language_for_good(version: str) -> None:
    text = consent._TEXTS[version]
    sentences = {
        locale: text if locale == "en" else str(read(LOCALES, locale)[text].string) for locale in DIGESTS[version]
    }

    found = {locale: sha256(sentence.encode()).hexdigest()[:16] for locale, sentence in sentences.items()}
    assert found == DIGESTS[version]


def test_every_version_has_its_sentence_and_the_newest_is_the_one_that_is_shown() -> None:
    assert consent._TEXTS.keys() == DIGESTS.keys()
    assert max(DIGESTS) == consent.CONSENT_VERSION
