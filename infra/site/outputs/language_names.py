"""What the alert to the practice says of the languages of the site, by CLDR."""

from gettext import NullTranslations

from functions.notify.languages import Language
from infra.site.languages.localize import Localizer
from shared.practice import Practice


def language_names(practice: Practice) -> dict[str, Language]:
    """Each published locale's name, in the practice's language, and its direction."""
    localizers = {tag: Localizer(tag, NullTranslations()) for tag in practice.locales}
    own = localizers[practice.language]
    return {tag: {"name": own.language_name(tag), "direction": each.direction} for tag, each in localizers.items()}
