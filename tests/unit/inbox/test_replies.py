"""Short replies: which are there, and in which order."""

from dataclasses import replace

import pytest

from functions.inbox.replies import replies
from functions.inbox.speech import Speech
from infra.site.languages.message_files import LOCALES, read, translations
from shared.messages import SOURCE_LOCALE
from tests.leads import LEAD

PRICE = "Price and insurance"


def offered(locale: str = "en", **changes: object) -> list[tuple[str, str, str | None]]:
    lead = replace(LEAD, enquiry=replace(LEAD.enquiry, **changes))  # type: ignore[arg-type]
    own, theirs = (
        Speech(each, "ltr", translations(read(LOCALES, each) if each != SOURCE_LOCALE else None), None, None)  # type: ignore[arg-type]
        for each in ("en", locale)
    )
    found = replies(lead, theirs, own, practice="Needle", phone="(602) 555-0199")
    return [(each.label, each.text, each.meaning) for each in found]


@pytest.mark.parametrize(
    ("more", "place"), [({"topic": "price"}, 0), ({"topic": "first_visit"}, -1), ({"topic": "other"}, -1), ({}, -1)]
)
def test_who_asks_about_price_or_insurance_is_first_offered_the_answer_to_that(
    more: dict[str, str], place: int
) -> None:
    assert offered(more=more)[place][0] == PRICE
    assert len({label for label, *_ in offered(more=more)}) == 4


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar", "zh-Hant"])
def test_the_answer_about_price_is_in_their_language_and_names_no_price(locale: str) -> None:
    ((_, text, meaning), *_rest) = offered(locale, more={"topic": "price"}, phone=None)

    assert "(602) 555-0199" in text
    assert not any(letter.isdigit() for letter in text.replace("(602) 555-0199", "").replace(LEAD.reference, ""))
    assert (meaning is None) is (locale == "en")
    assert (text == offered("en", more={"topic": "price"}, phone=None)[0][1]) is (locale == "en")
