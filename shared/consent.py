"""What the visitor agrees to by sending the form.

A lead keeps the id, the version and the locale of the text, so that what was agreed to can be shown later. Changing
the sentence means a new version, its date, beside those that leads may still name.
"""

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Final

from shared.lead import Lead
from shared.messages import mark as _

CONSENT_ID: Final = "enquiry-contact"
CONSENT_VERSION: Final = "2026-11-25"

_TEXTS: Final[Mapping[str, str]] = {
    "2026-11-23": _(
        "I agree that {practice} keeps what I enter here, and contacts me about my enquiry. "
        "My details are not used for anything else, and I can ask for them to be deleted at any time."
    ),
    "2026-11-25": _(
        "I agree that {practice} keeps what I enter here, and contacts me about it. "
        "My details are not used for anything else, and I can ask for them to be deleted at any time."
    ),
}


def consent_text(catalogue: NullTranslations, practice: str, version: str = CONSENT_VERSION) -> str:
    """The sentence beside the checkbox, in the catalogue's language, with the practice's name.

    Raises:
        KeyError: There was no such version.
    """
    return catalogue.gettext(_TEXTS[version]).format(practice=practice)


def agreed(lead: Lead, catalogue: NullTranslations, practice: str) -> str | None:
    """What a person agreed to, in the catalogue's language; None where the text is not known any more, or never was."""
    version = lead.enquiry.consent_version
    is_known = lead.consent_id == CONSENT_ID and version in _TEXTS
    return consent_text(catalogue, practice, version) if is_known else None
