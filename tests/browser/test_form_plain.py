"""The form without its script: the errors are in sight, and nothing that was typed is lost on the way to them."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from infra.local.stack import LocalStack
from tests.browser.enquiry import API, button, leads
from tests.browser.pages import LOCALES, landing
from tests.browser.visitor import DESKTOP, PHONE, Visitor, Visits


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    """Somebody whose browser runs no scripts."""
    return visit(java_script_enabled=False).opens(landing("en"))


def comes_back(page: Page) -> None:
    """Waits for the page with the errors."""
    with page.expect_navigation(url="**/api/leads#answer"):
        button(page).click()


def without_autofocus(route: Route) -> None:
    response = route.fetch()
    body, count = re.subn(" autofocus", "", response.text())
    assert count == 1
    route.fulfill(response=response, body=body)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_errors_are_in_sight_in_a_browser_without_autofocus(
    visit: Visits, locale: str, size: dict[str, int]
) -> None:
    page = visit(java_script_enabled=False, viewport=size).opens(landing(locale)).page
    page.route(API, without_autofocus)

    comes_back(page)

    box = page.locator(".error-summary").bounding_box()
    assert box
    assert 0 <= box["y"] < size["height"] / 2


def test_back_from_anywhere_leads_to_the_errors_and_what_was_typed(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#field-name").fill("First Try")
    comes_back(page)
    page.locator("#field-name").fill("Second Try")
    comes_back(page)
    page.goto("/en/")

    page.go_back()
    assert page.locator("#field-name").input_value() == "Second Try"
    assert page.locator(".error-summary").is_visible()
    page.go_back()
    assert page.locator(".error-summary").is_visible()
    page.go_back()
    assert page.url.endswith(landing("en"))


def test_who_leaves_one_way_to_be_reached_is_not_asked_which(visit: Visits) -> None:
    page = visit(java_script_enabled=False).opens(landing("en")).page
    question = page.get_by_role("group", name="How should we contact you? (optional)")

    expect(question).to_be_hidden()
    page.locator("#field-email").fill("ann@example.com")
    expect(question).to_be_hidden()
    page.locator("#field-phone").fill("602 555 0142")
    expect(question).to_be_visible()
    page.locator("[name=preferred_contact][value=email]").check()
    page.locator("#field-email").fill("")  # what is chosen stays in sight, for it is what has to be mended
    expect(question).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_language_switch_keeps_what_was_typed_and_says_what_is_wrong_in_that_language(
    site: LocalStack, visit: Visits, script: bool
) -> None:
    visitor = visit(java_script_enabled=script).opens(landing("en") + "?utm_source=leaflet")
    page, name = visitor.page, f"Switches {script}"
    visitor.fills(
        {
            "name": name,
            "phone": "12",
            "email": "a@example.com",
            "topic": "price",
            "message": "One\nTwo",
            "preferred_time": "afternoon",
            "consent": "true",
        }
    )
    page.locator("[name=preferred_contact][value=phone]").check()
    page.locator("form[data-enquiry]").evaluate("form => form.submit()") if script else comes_back(page)
    page.locator(".error-summary").wait_for()

    page.get_by_role("button", name="Español").click()

    page.wait_for_selector("html[lang=es]")
    assert page.locator("#field-name").input_value() == name
    assert page.locator("#field-message").input_value() == "One\nTwo"
    assert page.locator("#field-topic").input_value() == "price"
    assert page.locator("#field-preferred_time").input_value() == "afternoon"
    assert page.locator("[name=preferred_contact][value=phone]").is_checked()
    # It was given to a text in another language.
    assert not page.locator("#field-consent").is_checked()
    assert "Escriba" in page.locator("#field-phone-error").inner_text()
    assert leads(site, name) == []

    visitor.fills({"phone": "602 555 0142", "consent": "true"}).sends()

    (lead,) = leads(site, name)
    assert (lead["locale"], lead["message"]) == ("es", "One\nTwo")
    assert lead["source"] == {"utm_source": "leaflet"}


def test_enter_sends_the_form_that_came_back_and_switches_no_language(site: LocalStack, visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#field-name").fill("Enter Key")
    comes_back(page)
    page.locator("#field-consent").check()
    page.locator("#field-phone").fill("602 555 0142")

    page.locator("#field-phone").press("Enter")

    page.wait_for_url("**/en/thank-you/**")
    assert len(leads(site, "Enter Key")) == 1
