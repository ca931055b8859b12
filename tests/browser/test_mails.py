"""Every mail in a browser as wide as a phone, with the longest that people send: nothing sideways, and links to tap."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from infra.pictures import mails
from tests.mails import letterhead
from tests.practice import PRACTICE

LONGEST = ("عبد الرحمن محمد " * 5, "W" * 80, "Jean-Baptiste de la Fontaine-Montgomery")


@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_mail_fits_a_phone(browser: Browser, language: str, scheme: str, width: int) -> None:
    head = letterhead(replace(PRACTICE, language=language, name="Practice " + "W" * 60))
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        for name, mail in mails.mails(head, LONGEST, "https://example.com/" + "x" * 300).items():
            html = head.message(mail, "b@example.com").get_body(("html",))
            assert html
            page.set_content(html.get_content())

            assert page.evaluate("document.documentElement.scrollWidth") == width, name
            for link in page.locator("a[href^=https]", has_not=page.locator("bdi")).all():
                box = link.bounding_box()
                assert box
                assert box["height"] >= 44, name
            # WCAG 1.4.3, as far as colours are ours: what stands on a box or a button is read on it.
            for tinted in page.locator("[class]").all():
                assert tinted.evaluate(CONTRAST) >= 4.5, name
    finally:
        page.close()


CONTRAST = """node => {
    const style = getComputedStyle(node);
    const light = colour => colour.match(/\\d+/g).slice(0, 3).map(Number).map(each => each / 255)
        .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
        .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
    const [a, b] = [light(style.color), light(style.backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
