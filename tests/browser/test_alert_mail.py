"""The alert in a browser as wide as a phone: nothing sideways, nothing that is read out or dialled in two lines."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from functions.notify.compose import compose
from tests.leads import LEAD
from tests.mails import letterhead
from tests.practice import PRACTICE

# The longest of each that people have sent or that our form takes.
_ENQUIRY = replace(
    LEAD.enquiry,
    name="عبد الرحمن محمد",
    email=f"rosa.maria.gonzalez-fernandez@{'x' * 60}.example.com",
    message="https://example.com/" + "x" * 300,
)
_LEAD = replace(
    LEAD,
    enquiry=_ENQUIRY,
    replaces="7KQM-4TWX",
    spam_reasons=("link_in_name", "links"),
    alert_unproven_at=LEAD.stored_at,
    earlier=("0" * 32,),
    waits_since=LEAD.stored_at,
    answer_by=LEAD.stored_at,
    phone_as_typed="602" + " 555" * 10,
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_alert_fits_a_phone(browser: Browser, language: str, scheme: str) -> None:
    head = letterhead(replace(PRACTICE, language=language))
    mail = head.message(compose(_LEAD, head, detail="full", link=f"https://example.com/{'x' * 150}"), "b@example.com")
    html = mail.get_body(("html",))
    assert html
    page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page.set_content(html.get_content())

        assert page.evaluate("document.documentElement.scrollWidth") == 360
        for unbroken in (LEAD.reference, "7KQM-4TWX", str(LEAD.phone_as_written)):
            assert page.get_by_text(unbroken, exact=True).evaluate("node => node.getClientRects().length") == 1
        # A label is apart from its value on the side where the value stands, whichever way the mail is read.
        apart = """row => {
            const [label, value] = [...row.cells].map(cell => {
                const range = document.createRange();
                range.selectNodeContents(cell);
                return range.getBoundingClientRect();
            });
            return Math.max(value.left - label.right, label.left - value.right);
        }"""
        assert min(row.evaluate(apart) for row in page.locator("tr").all()) >= 12
    finally:
        page.close()
