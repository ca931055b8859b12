"""What mails are made of at run time, so that no function loads a template engine or CLDR.

`compiled/mail.json` holds

    layout      by the name of a block: [literal, slot, literal, slot, ..., literal], cut from shared/mail.html
    languages   by locale: its name in the practice's language, its direction, and how it writes dates and times
    articles    the title of each published article, by its slug: in the practice's language, or in one that it has
    phone       the practice's number, as people write it
"""

from collections.abc import Mapping
from pathlib import Path

from functions.leads import phone
from infra.site.languages.localize import Localizer
from infra.site.views import form_slots
from infra.site.views.render import macros
from shared.letterhead import Compiled, Language
from shared.practice import Practice


def mail_parts(
    practice: Practice, localizers: Mapping[str, Localizer], titles: Mapping[str, Mapping[str, str]], template: Path
) -> Compiled:
    """The document of `compiled/mail.json`.

    Args:
        practice: The practice.
        localizers: One for each published locale.
        titles: Of each article, by slug and locale, where it is published.
        template: What mails are made of.

    Raises:
        ContentError: The template is wrong.
    """
    found = macros(template, slot=form_slots.as_slot)
    return {
        "layout": {name: form_slots.pieces(html.strip()) for name, html in found.items()},
        "languages": {tag: _language(practice, localizers, tag) for tag in localizers},
        "articles": {
            slug: found.get(practice.language, next(iter(found.values()))) for slug, found in titles.items() if found
        },
        "phone": phone.as_written(practice.phone, practice.address.country),
    }


def _language(practice: Practice, localizers: Mapping[str, Localizer], tag: str) -> Language:
    own, language = localizers[practice.language], localizers[tag]
    return {
        "name": own.language_name(tag),
        "direction": language.direction,
        "moments": language.moment_words(practice.time_zone),
    }
