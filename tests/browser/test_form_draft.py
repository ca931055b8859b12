"""The form's script: what was typed is kept in the browser until it is sent, and not longer."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from infra.local.stack import LocalStack
from tests.browser.enquiry import button, leads, status, stored, write, write_well
from tests.browser.pages import landing
from tests.browser.visitor import FLAGS, Visitor, Visits


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    """Somebody on the English landing page."""
    return visit().opens(landing("en"))


def test_what_was_typed_is_there_again_but_consent_is_not(visitor: Visitor) -> None:
    write_well(visitor.page, "Draft Keeper")
    write(visitor.page, message="Both\nlines")
    visitor.page.locator("#field-topic").select_option("first_visit")
    visitor.page.locator("#field-preferred_time").select_option("morning")
    write(visitor.page, email="ann@example.com")
    visitor.page.locator("[name=preferred_contact][value=email]").check()

    later = visitor.page.context.new_page()
    later.goto(landing("es"))

    expect(later.locator("#field-name")).to_have_value("Draft Keeper")
    expect(later.locator("#field-phone")).to_have_value("602 555 0142")
    expect(later.locator("#field-message")).to_have_value("Both\nlines")
    expect(later.locator("#field-topic")).to_have_value("first_visit")
    expect(later.locator("#field-preferred_time")).to_have_value("morning")
    expect(later.locator("[name=preferred_contact][value=email]")).to_be_checked()
    expect(later.locator("#field-consent")).not_to_be_checked()
    assert "consent" not in stored(later)
    status(later).get_by_role("button").click()
    expect(later.locator("#field-name")).to_have_value("")
    expect(later.locator("#field-topic")).to_have_value("")
    expect(later.locator("#field-name")).to_be_focused()
    expect(status(later)).to_be_empty()
    assert stored(later) == "{}"


@pytest.mark.parametrize(("hours", "kept"), [(23, True), (25, False)])
def test_a_draft_is_kept_for_a_day(visitor: Visitor, hours: int, *, kept: bool) -> None:
    write(visitor.page, name="Day Fly")
    visitor.page.evaluate(
        "localStorage.setItem('needlepoint-draft:another', localStorage.getItem(localStorage.key(0)))"
    )
    visitor.page.evaluate("localStorage.setItem('of-somebody-else', 'x')")

    later = visitor.page.context.new_page()
    later.clock.set_fixed_time(visitor.page.evaluate("Date.now()") / 1000 + hours * 3600)
    later.goto(landing("en"))

    expect(later.locator("#field-name")).to_have_value("Day Fly" if kept else "")
    assert len(json.loads(stored(later))) == (3 if kept else 1)


def test_after_it_was_sent_going_back_finds_an_empty_form(site: LocalStack, visitor: Visitor) -> None:
    write_well(visitor.page, "Back Button")
    write(visitor.page, message="A word")
    visitor.sends()
    assert not any(each in stored(visitor.page) for each in ("Back Button", "602", "A word"))

    visitor.page.go_back()

    for name in ("name", "phone", "message"):
        expect(visitor.page.locator(f"#field-{name}")).to_have_value("")
    expect(visitor.page.locator("#field-consent")).not_to_be_checked()
    expect(status(visitor.page)).to_contain_text(leads(site, "Back Button")[0]["reference"])
    write_well(visitor.page, "Back Again")
    visitor.sends()
    assert len(leads(site, "Back Button")) == len(leads(site, "Back Again")) == 1


def test_going_back_to_the_page_as_it_was_left_finds_it_empty_and_ready(
    site: LocalStack, browser: Browser, whole_chromium_path: Path, origin: str
) -> None:
    remembering = browser.browser_type.launch(
        executable_path=whole_chromium_path, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    with remembering as started:
        visitor = Visitor.arrives(started, origin).opens(landing("en"))
        visitor.page.evaluate("window.isTheSame = true")
        write_well(visitor.page, "Same Page")
        visitor.sends()

        visitor.page.go_back(wait_until="commit")

        expect(visitor.page.locator("#field-name")).to_have_value("")
        assert visitor.page.evaluate("window.isTheSame")
        expect(button(visitor.page)).to_be_enabled()
        expect(status(visitor.page)).to_contain_text(leads(site, "Same Page")[0]["reference"])
        write_well(visitor.page, "Same Page Again")
        visitor.sends()
        assert len(leads(site, "Same Page")) == len(leads(site, "Same Page Again")) == 1
