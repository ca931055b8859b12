"""Messages in the reader's language, from gettext catalogues.

English sentences are the message ids, so the source language needs no catalogue. The build compiles the others and
refuses an incomplete one, so a missing message cannot happen at run time.
"""

from gettext import GNUTranslations, NullTranslations

from shared.settings import compiled

SOURCE_LOCALE = "en"
DOMAIN = "needlepoint"


def mark(message: str) -> str:
    """Mark a message for translators where it is defined; it is translated where it is used.

    Returns:
        The message as it is.
    """
    return message


def catalogue_folder(locale: str) -> str:
    """gettext's name for a locale: `zh-Hant` is `zh_Hant`."""
    return locale.replace("-", "_")


def translations(locale: str) -> NullTranslations:
    """Read the compiled catalogue for one of the published locales.

    Raises:
        FileNotFoundError: The locale is none of them.
    """
    if locale == SOURCE_LOCALE:
        return NullTranslations()
    path = compiled() / "locales" / catalogue_folder(locale) / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with path.open("rb") as file:
        return GNUTranslations(file)
