"""What the scripts of a page say, in its language: a script that all pages of a language share.

A page loads it before its modules, so what everybody reads need not wait for what only some are told. Nothing in it
depends on the day: what stays the same from one build to the next keeps its address, and `infra.site.released` can keep
it. The dates on which the practice has other hours stand in the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from functions.leads import phone
from functions.leads.sentences import Sentences
from infra.site.edition import Edition
from infra.site.outputs.compiled_form import form_fields, limits
from infra.site.outputs.promises import promise_words
from infra.site.sources.assets import Asset, asset
from infra.site.views.render import data_block


@dataclass(frozen=True)
class FormWords:
    """What `words.html` calls `form`.

    Attributes:
        sentences: What the server says, as JSON, by code, or `field code` where a field has its own.
        fields: The form's fields in their order, as `form_fields` has them.
        digits: What the shortest telephone number of the practice's country has.
        zero: Whether a number there may begin with a single zero.
    """

    sentences: Markup
    fields: Mapping[str, Mapping[str, Any]]
    digits: int
    zero: bool


# Every page of a language names it, and it is the same for all of them.
@lru_cache(maxsize=32)
def words(edition: Edition, locale: str) -> Asset:
    """The script of a locale: it leaves at its own element what is written down in `templates/words.html`."""
    localizer, view = edition.localizers[locale], edition.views[locale]
    country = edition.practice.address.country
    sentences = Sentences(localizer.catalogue, view.example_phone, view.example_abroad, limits())
    form = FormWords(
        data_block(sentences.of_page()),
        form_fields(),
        phone.fewest_digits(country),
        phone.may_begin_with_zero(country),
    )
    said = edition.renderer(locale).page("words.html", form=form, promise=promise_words(edition, locale))
    return asset(f"words.{locale}.js", f"document.currentScript.texts = {said.strip()};\n".encode())
