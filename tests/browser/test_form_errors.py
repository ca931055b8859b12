"""The form's script: what is wrong is said beside the field, in the server's own words."""

import json
from gettext import NullTranslations
from typing import Any

import pytest
from playwright.sync_api import expect

from functions.leads.checks import Context
from functions.leads.errors import InvalidFields
from functions.leads.sentences import Sentences
from infra.local.stack import LocalStack
from tests.browser.enquiry import API, Posts, button, leads, status, write, write_well
from tests.browser.pages import ARTICLE, LOCALES, PRACTICE, landing
from tests.browser.visitor import Visitor, Visits
from tests.forms import FORM

PROBLEM = "application/problem+json"


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    """Somebody on the English landing page."""
    return visit().opens(landing("en"))


def test_what_only_the_server_knows_is_shown_beside_the_field(site: LocalStack, visitor: Visitor) -> None:
    page = visitor.page
    posts = Posts(page)
    write(page, name="Server Knows", phone="+999 123 4567")
    page.locator("#field-consent").check()
    title = page.title()

    button(page).click()

    sentence = "Enter a phone number with its area code"
    summary = page.locator("[data-summary] .error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(sentence)
    expect(page.locator("#field-phone-error")).to_contain_text(sentence)
    expect(page.locator("#field-phone")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-phone")).to_have_accessible_description(page.locator("#field-phone-error").inner_text())
    assert page.title() == f"Error: {title}"

    summary.get_by_role("link").click()
    expect(page.locator("#field-phone")).to_be_focused()
    page.locator("#field-name").fill("Server Knows Not")
    expect(page.locator("#field-phone-error")).to_contain_text(sentence)
    page.locator("#field-phone").fill("602 555 0142")
    expect(page.locator("#field-phone-error")).to_be_empty()
    expect(page.locator("#field-phone")).not_to_have_attribute("aria-invalid", "true")
    expect(summary).to_have_count(0)
    assert page.title() == title
    visitor.sends()

    assert len(leads(site, "Server Knows Not")) == 1
    assert len(set(posts.keys)) == 2


def test_a_refusal_of_any_other_kind_is_shown_with_the_number_to_call(visitor: Visitor) -> None:
    refusal = {"status": 413, "code": "body_too_large", "title": "Too large", "detail": "The request is too large."}
    posts = Posts(visitor.page, lambda route: route.fulfill(status=413, content_type=PROBLEM, body=json.dumps(refusal)))
    write_well(visitor.page, "Any Other")

    button(visitor.page).click()

    expect(status(visitor.page)).to_contain_text("The request is too large.")
    expect(status(visitor.page).get_by_role("link")).to_have_attribute("href", f"tel:{PRACTICE.phone}")
    assert len(posts.requests) == 1


def test_a_field_is_judged_when_it_is_left_after_an_edit_and_cleared_when_it_is_right(visitor: Visitor) -> None:
    page = visitor.page
    email, error = page.locator("#field-email"), page.locator("#field-email-error")

    page.locator("#field-name").focus()
    email.focus()
    expect(page.locator(".error:not(:empty)")).to_have_count(0)

    email.press_sequentially("me@nowhere")
    expect(error).to_be_empty()
    page.locator("#field-name").focus()
    expect(error).to_have_text("Enter an email address such as name@example.com.")

    email.press_sequentially(".org")
    expect(error).to_be_empty()
    assert visitor.complaints == []


def test_the_summary_names_no_field_that_has_been_put_right(visitor: Visitor) -> None:
    page = visitor.page
    links = page.locator(".error-summary a")
    page.locator("#field-name").fill("Half Right")
    button(page).click()
    expect(links).to_have_count(2)

    page.locator("#field-consent").check()

    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "#field-phone")


@pytest.mark.parametrize(("field", "limit"), [("name", 80), ("phone", 40), ("email", 254), ("message", 1000)])
def test_what_is_pasted_stays_and_what_is_too_long_is_said_at_once(visitor: Visitor, field: str, limit: int) -> None:
    page = visitor.page
    text = "😀" * (limit + 6)
    page.locator(f"#field-{field}").focus()

    page.keyboard.insert_text(text)

    expect(page.locator(f"#field-{field}")).to_have_value(text)
    expect(page.locator(f"#field-{field}-error")).not_to_be_empty()
    expect(page.locator(f"#field-{field}")).to_be_focused()
    page.locator(f"#field-{field}").fill("x" * limit)
    page.locator(f"#field-{field}").blur()
    if field in ("name", "message"):
        expect(page.locator(f"#field-{field}-error")).to_be_empty()


@pytest.mark.parametrize(("locale", "counted"), [("en", "Characters: {} of 1000"), ("ar", "عدد الأحرف: {} من 1000")])
def test_a_count_appears_near_the_limit(visit: Visits, locale: str, counted: str) -> None:
    page = visit(locale=locale).opens(landing(locale)).page
    counter = page.locator("#field-message ~ [role=status]")

    page.locator("#field-message").fill("😀" * 899)
    page.wait_for_timeout(1_000)
    expect(counter).to_be_empty()

    page.locator("#field-message").fill("😀" * 900 + "  ")
    expect(counter).to_have_text(counted.format(900))
    page.locator("#field-message").fill("x" * 1006)
    expect(counter).to_have_text(counted.format(1006))
    page.locator("#field-message").fill("x")
    expect(counter).to_be_empty()


def test_an_error_that_depends_on_another_field_goes_when_that_one_is_filled_in(visitor: Visitor) -> None:
    page = visitor.page
    button(page).click()
    expect(page.locator("#field-phone-error")).to_contain_text("so that we can reach you")

    page.locator("#field-email").press_sequentially("me@example.com")

    expect(page.locator("#field-phone-error")).to_be_empty()
    expect(page.locator("#field-name-error")).to_have_text("Enter your name.")


def test_an_error_that_appears_does_not_move_the_button_from_under_the_finger(visitor: Visitor) -> None:
    page = visitor.page
    write_well(page, "Moving Target")
    page.locator("#field-consent").uncheck()
    button(page).scroll_into_view_if_needed()
    box = button(page).bounding_box()
    assert box

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 2)
    page.mouse.down()
    page.wait_for_timeout(100)
    page.mouse.up()

    expect(page.locator(".error-summary")).to_be_focused()


GOOD = {"name": "Ann Lee", "phone": "602 555 0142", "consent": "true"}
SUBMISSIONS = [
    {},
    {"name": " ", "consent": "true"},
    GOOD,
    GOOD | {"name": "李"},
    GOOD | {"name": "李華"},
    GOOD | {"name": "e\u0301"},
    GOOD | {"name": " A \u202e "},
    GOOD | {"name": "😀" * 80},
    GOOD | {"name": "😀" * 81},
    GOOD | {"name": "x   y" + "z" * 77},
    GOOD | {"name": "A\tB"},
    GOOD | {"name": "\u200b\ufeff"},
    GOOD | {"name": "\u200e"},
    GOOD | {"name": "\u200b" + "x" * 80 + "\u00ad "},
    GOOD | {"phone": "\u200e", "email": "ann@example.com"},
    GOOD | {"phone": "\u202a\u200e(602) 555-0142\u202c"},
    GOOD | {"email": "\u200e ann@example.com \u200f"},
    GOOD | {"email": "\u200b\u200b\u200b" + "a" * 63 + "@example.com"},
    GOOD | {"email": "\u2060" * 8 + "a" * 50 + "@" + "b." * 100 + "com"},
    GOOD | {"phone": "call me"},
    {"name": "Ann Lee", "phone": "٥٥٥"},
    {"name": "x" * 81, "phone": "555-0142", "email": "ann", "message": "x" * 1001},
    {"phone": "٥٥٥٠١٤٢"},
    {"phone": "５５５"},
    {"phone": "+1 2"},
    {"phone": "555 014 22"},
    {"phone": "602-555-0142 (cell)"},
    {"phone": "555-0142 ext. 12"},
    {"phone": "5550142 60"},
    GOOD | {"name": "--"},
    GOOD | {"name": "가"},
    GOOD | {"name": "\ue000"},
    *({"name": "Ann Lee", "email": email} for email in (
        "ann@example.com.", "mailto:ann%40example.com", "Correo: ann@example.com", "“ann@example.com”",
        "ann @ example.com", "ann＠example．com", "ann@example。com", "*ann@example.com*", "'ann@example.com'",
        "ann@example.com bob@example.com", "ann", "ann smith", "@", "(ann@example.com)", "- ann@example.com",
    )),
    {"phone": "602 555 014"},
    *(
        {"phone": phone}
        for phone in ("06 12 34 56 78", "٠٥٥ ١٢٣ ٤٥٦٧", "0912-345-678", "(02) 2345-6789", "01 42 68 53 00")
    ),
    *(GOOD | {"phone": phone} for phone in ("(0) 602 555 0142", "00 33 6 12 34 56 78", "011 33 6 12 34 56 78")),
    GOOD | {"message": "a  b\t" * 200 + "x"},
    GOOD | {"message": "é" * 1000},
    GOOD | {"message": "e\u0301" * 1000},
    GOOD | {"message": "a \n" * 500},
    GOOD | {"message": "\u200b" * 500 + "x" * 1000 + " " * 500},
    GOOD | {"phone": "٦٠٢ ٥٥٥ ٠١٤٢"},
    GOOD | {"phone": "1-800-FLOWERS"},
    GOOD | {"phone": "602 555 0142 ext. 12"},
    GOOD | {"phone": "+44 20 7946 0018"},
    GOOD | {"phone": "6" * 41},
    GOOD | {"phone": "", "email": "ann@example.com"},
    GOOD | {"phone": "", "email": "ann@example.com", "preferred_contact": "email"},
    GOOD | {"phone": "", "email": "ann@example.com", "preferred_contact": "phone"},
    GOOD | {"preferred_contact": "email"},
    *(
        GOOD | {"email": email}
        for email in (
            "ann", "ann@example", "@example.com", "ann@.com", "ann@example..com", "ann@example.c", "a b@example.com",
            "ann@ex ample.com", "ann@@example.com", "Ann <ann@example.com>", "ann+tag@sub.example.co", "é@ejemplo.es",
            "a" * 64 + "@example.com", "a" * 65 + "@example.com", "a@" + "b." * 125 + "com", "a@" + "b." * 126 + "com",
            "ANN@EXAMPLE.COM", "ann@example.c0m", "ann@παράδειγμα.δοκιμή",
        )
    ),
    GOOD | {"message": "x" * 1000},
    GOOD | {"message": "x" * 1001},
    GOOD | {"message": "😀" * 1000},
    GOOD | {"message": "  " + "x" * 1000 + "\n\n"},
    {"name": "Ann Lee", "phone": "602 555 0142"},
]  # fmt: skip


def faults_of(fields: dict[str, Any]) -> dict[str, str]:
    """What the server says of a form, by field."""
    given = {**fields, "consent": True} if "consent" in fields else fields
    given = {"locale": "en", "article": ARTICLE} | given
    try:
        FORM.validate(given, Context(PRACTICE.address.country, LOCALES, ARTICLE.__eq__))
    except InvalidFields as error:
        sentences = Sentences(NullTranslations(), example="", abroad="", limits=FORM.limits)
        errors = [sentences.of_field(fault) for fault in error.faults]
        return {error.field: error.detail.replace(" .", ".") for error in errors}
    return {}


def test_the_browser_says_what_the_server_would_say(visitor: Visitor) -> None:
    page = visitor.page
    page.route(API, lambda route: route.fulfill(status=422, content_type=PROBLEM, json={"errors": []}))

    for fields in SUBMISSIONS:
        page.locator("form[data-enquiry]").evaluate(
            """(form, fields) => {
                form.reset();
                for (const [name, value] of Object.entries(fields)) {
                    if (name === 'consent') form.elements.consent.checked = true;
                    else form.elements[name].value = value;
                }
                for (const error of form.querySelectorAll('.error')) error.textContent = '';
                form.requestSubmit();
            }""",
            fields,
        )
        expect(button(page)).to_be_enabled()
        shown = page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('.error:not(:empty)')].map(
                (error) => [error.id.slice('field-'.length, -'-error'.length), error.textContent]))"""
        )
        said = faults_of(fields)
        assert set(shown) == set(said), fields
        assert all(shown[field].startswith(said[field].partition(", such as")[0]) for field in said), fields
