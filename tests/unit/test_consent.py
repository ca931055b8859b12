"""The consent: what a version stands for never changes."""

from gettext import NullTranslations
from hashlib import sha256

from shared.consent import CONSENT_VERSION, consent_text

# A new sentence is a new version, and one more line here: leads keep the version that was agreed to.
DIGESTS = {"2026-11-23": "e6db2a4f23cf6175"}


def test_a_version_is_one_sentence_for_good() -> None:
    sentence = consent_text(NullTranslations(), "the practice")

    assert sha256(sentence.encode()).hexdigest()[:16] == DIGESTS[CONSENT_VERSION]
