"""The form's script: one enquiry is one lead whichever tab sends it, and no tab loses another one's words."""

import pytest
from playwright.sync_api import Page, Route, expect

from infra.local.stack import LocalStack
from tests.browser.enquiry import (
    Posts,
    arrives,
    button,
    leads,
    lost_answer,
    meanwhile,
    status,
    stored,
    write,
    write_well,
)
from tests.browser.pages import landing
from tests.browser.visitor import Visitor, Visits

pytestmark = pytest.mark.long

SCRIPTS = "**/assets/form.*.js"
WORDS = "**/assets/words.*.js"
THANKS = "Thank you. We have your message."


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    """Somebody on the English landing page."""
    return visit().opens(landing("en"))


def another_tab(page: Page, locale: str = "en") -> Page:
    other = page.context.new_page()
    other.goto(landing(locale))
    return other


def sends(page: Page) -> None:
    page.locator("#field-consent").check()
    button(page).click()
    page.wait_for_url("**/thank-you/**")


@pytest.mark.parametrize("locale", ["en", "es"])
def test_what_one_tab_sent_is_known_in_the_tab_that_restored_it(
    site: LocalStack, visitor: Visitor, locale: str
) -> None:
    name = f"Two Tabs {locale}"
    write_well(visitor.page, name)
    other = another_tab(visitor.page, locale)
    expect(other.locator("#field-name")).to_have_value(name)
    other.locator("#field-consent").check()

    visitor.sends()

    (lead,) = leads(site, name)
    expect(status(other)).to_contain_text(lead["reference"])
    expect(other.locator("#field-name")).to_have_value("")
    expect(other.locator("#field-consent")).not_to_be_checked()


def test_a_tab_that_slept_through_it_sends_no_second_enquiry(site: LocalStack, visitor: Visitor) -> None:
    write_well(visitor.page, "Sleepy Tab")
    other = another_tab(visitor.page)
    other.evaluate("addEventListener('storage', (event) => event.stopImmediatePropagation(), true)")
    posts = Posts(visitor.page, lost_answer)
    other_posts = Posts(other)
    button(visitor.page).click()
    arrives(visitor.page)

    if other.locator("#field-name").input_value():
        sends(other)

    assert len(leads(site, "Sleepy Tab")) == 1
    assert set(other_posts.keys) <= set(posts.keys)


def test_two_tabs_that_try_at_once_use_one_key(site: LocalStack, visitor: Visitor) -> None:
    write_well(visitor.page, "At Once Both")
    other = another_tab(visitor.page)
    other.locator("#field-consent").check()
    held: list[Route] = []
    posts, other_posts = Posts(visitor.page, held.append), Posts(other)
    with visitor.page.expect_request("**/api/leads"):
        button(visitor.page).click()
    button(other).click()
    arrives(other)
    for route in held:
        route.continue_()
    arrives(visitor.page)

    assert posts.keys == other_posts.keys
    assert len(leads(site, "At Once Both")) == 1


def test_a_letter_in_one_tab_replaces_no_draft_of_another(visitor: Visitor) -> None:
    page = visitor.page
    other = another_tab(page)
    write(page, name="First Tab", message="A long story about a leg")
    write(other, name="x")

    for each, name in ((page, "First Tab"), (other, "x")):
        each.reload()
        expect(each.locator("#field-name")).to_have_value(name)


def test_the_draft_with_the_most_in_it_is_there_when_both_tabs_are_gone(visitor: Visitor) -> None:
    keeper = visitor.page.context.new_page()
    other = another_tab(visitor.page)
    write(visitor.page, name="First Tab", message="A long story about a leg")
    write(other, name="x")
    visitor.page.close()
    other.close()

    keeper.goto(landing("en"))

    expect(keeper.locator("#field-message")).to_have_value("A long story about a leg")


def test_what_a_second_tab_wrote_on_is_what_is_restored(visitor: Visitor) -> None:
    write(visitor.page, message="A long story")
    other = another_tab(visitor.page)
    other.locator("#field-message").fill("Shorter")

    expect(another_tab(visitor.page).locator("#field-message")).to_have_value("Shorter")
    visitor.page.reload()
    expect(visitor.page.locator("#field-message")).to_have_value("A long story")


def test_a_duplicated_tab_keeps_to_itself(visitor: Visitor) -> None:
    write(visitor.page, message="The first tab's words")
    copied = visitor.page.evaluate("JSON.stringify({ ...sessionStorage })")
    other = visitor.page.context.new_page()
    other.add_init_script(f"if (!sessionStorage.length) Object.assign(sessionStorage, {copied})")
    other.goto(landing("en"))
    expect(other.locator("#field-message")).to_have_value("The first tab's words")
    other.locator("#field-message").fill("Other words")
    # What one tab stores another sees a moment later, and nobody types in two at once.
    visitor.page.wait_for_function("Object.values(localStorage).some(each => each.includes('Other words'))")
    write(visitor.page, message=" and more")

    other.reload()
    visitor.page.reload()

    expect(other.locator("#field-message")).to_have_value("Other words")
    expect(visitor.page.locator("#field-message")).to_have_value("The first tab's words and more")


def test_sending_deletes_no_draft_that_holds_something_else(visitor: Visitor) -> None:
    other = another_tab(visitor.page)
    write(other, name="Not Sent", message="Still needed")
    write_well(visitor.page, "Was Sent")
    visitor.sends()
    other.close()

    expect(another_tab(visitor.page).locator("#field-message")).to_have_value("Still needed")


# ---- without the script, or before it


def test_what_was_sent_without_the_script_is_not_sent_again(site: LocalStack, visitor: Visitor) -> None:
    page = visitor.page
    write_well(page, "Sent Plainly")
    other = another_tab(page)

    with page.expect_navigation(url="**/thank-you/**"):
        page.locator("form[data-enquiry]").evaluate("form => form.submit()")

    (lead,) = leads(site, "Sent Plainly")
    expect(status(other)).to_contain_text(lead["reference"])
    assert "Sent Plainly" not in stored(other)
    page.go_back()
    expect(status(page)).to_contain_text(lead["reference"])
    expect(page.locator("#field-name")).to_have_value("")
    expect(another_tab(page).locator("#field-name")).to_have_value("")


def test_nor_where_the_page_after_it_has_no_words(visitor: Visitor) -> None:
    page = visitor.page
    write_well(page, "Without Words")
    page.route(WORDS, lambda route: route.abort())

    with page.expect_navigation(url="**/thank-you/**"):
        page.locator("form[data-enquiry]").evaluate("form => form.submit()")
    page.wait_for_load_state("networkidle")

    assert "Without Words" not in stored(page)


def test_opening_the_thank_you_page_again_sends_no_draft_away(visitor: Visitor) -> None:
    write(visitor.page, name="Draft Stays")
    later = visitor.page.context.new_page()

    later.goto("/en/thank-you/BCDF-2345")
    later.wait_for_load_state("networkidle")

    expect(another_tab(visitor.page).locator("#field-name")).to_have_value("Draft Stays")


@pytest.mark.parametrize("late", [SCRIPTS, WORDS], ids=["script", "words"])
def test_a_script_that_comes_late_changes_nothing_that_was_typed(visitor: Visitor, late: str) -> None:
    write(visitor.page, name="Old Name", message="An old story, and a long one")
    held: list[Route] = []
    later = visitor.page.context.new_page()
    later.route(late, lambda route: held.append(route))  # noqa: PLW0108  Playwright marks what it calls
    later.goto(landing("en"), wait_until="commit")
    later.locator("#field-name").fill("New")
    later.locator("#field-consent").check()
    held.pop().continue_()
    later.wait_for_load_state("load")

    expect(later.locator("#field-name")).to_have_value("New")
    expect(later.locator("#field-message")).to_have_value("")
    expect(later.locator("#field-consent")).to_be_checked()
    write(later, name="er")
    later.close()
    # And the old draft is where it was.
    expect(another_tab(visitor.page).locator("#field-message")).to_have_value("An old story, and a long one")


def test_an_old_draft_is_no_longer_offered_when_the_form_was_sent_before_its_script(
    site: LocalStack, visitor: Visitor
) -> None:
    write_well(visitor.page, "Before Script")
    later = visitor.page.context.new_page()
    visitor.page.close()
    later.route(SCRIPTS, lambda route: None)
    later.goto(landing("en"), wait_until="commit")
    later.locator("#field-name").fill("Before Script")
    later.locator("#field-phone").fill("602 555 0142")
    later.locator("#field-consent").check()
    button(later).click()
    arrives(later)
    later.wait_for_load_state("networkidle")
    later.unroute(SCRIPTS)

    later.goto(landing("en"))

    expect(later.locator("#field-name")).to_have_value("")
    assert "Before Script" not in stored(later)
    assert len(leads(site, "Before Script")) == 1


# ---- back from a page that says thank you, or that never came


@pytest.mark.parametrize("way", ["back", "reload", "address"])
def test_the_success_is_told_where_the_thank_you_page_cannot_be_reached(
    site: LocalStack, visitor: Visitor, way: str
) -> None:
    name, page = f"No Thanks {way}", visitor.page
    page.route("**/thank-you/**", lambda route: route.abort("internetdisconnected"))
    write_well(page, name)
    button(page).click()
    meanwhile(page, lambda: page.url.startswith("chrome-error://"))

    if way == "back":
        page.go_back()
    elif way == "reload":
        page.go_back()
        page.reload()
    else:
        page.goto(landing("en"))

    (lead,) = leads(site, name)
    expect(status(page)).to_contain_text(THANKS)
    expect(status(page)).to_contain_text(lead["reference"])
    expect(page.locator("#field-name")).to_have_value("")
    expect(button(page)).to_be_enabled()
    write(page, name="Next")
    expect(status(page)).to_be_empty()


def test_what_a_browser_had_noted_half_way_is_not_left_in_the_form(site: LocalStack, visitor: Visitor) -> None:
    page = visitor.page
    page.route("**/thank-you/**", lambda route: route.abort("internetdisconnected"))
    write_well(page, "Half Noted")
    button(page).click()
    meanwhile(page, lambda: page.url.startswith("chrome-error://"))
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.querySelector('#field-name').value = 'Half No' })"
    )

    page.goto(landing("en"))

    (lead,) = leads(site, "Half Noted")
    expect(status(page)).to_contain_text(lead["reference"])
    expect(page.locator("#field-name")).to_have_value("")
