"""What the visitor agrees to by sending the form.

A lead keeps the id, the version and the locale of the text, so that what was agreed to can be shown later. Changing
the sentence means a new version: its date.
"""

from gettext import NullTranslations
from typing import Final

from shared.messages import mark as _

CONSENT_ID: Final = "enquiry-contact"
CONSENT_VERSION: Final = "2026-11-25"

_TEXT = _(
    "I agree that {practice} keeps what I enter here, and contacts me about it. "
    "My details are not used for anything else, and I can ask for them to be deleted at any time."
)


def consent_text(catalogue: NullTranslations, practice: str) -> str:
    """The sentence beside the checkbox, in the catalogue's language, with the practice's name."""
    return catalogue.gettext(_TEXT).format(practice=practice)
