"""The form's script (functions/content/assets/form.js): nothing that was sent is lost, and nothing arrives twice."""

import json
from collections.abc import Sequence

import pytest
from playwright.sync_api import Route, expect

from infra.local.stack import LocalStack
from tests.browser.enquiry import (
    API,
    Answer,
    Posts,
    arrives,
    button,
    fails,
    leads,
    lost_answer,
    meanwhile,
    portal,
    posted,
    refuses,
    silence,
    status,
    stores_in_silence,
    write,
    write_well,
)
from tests.browser.pages import PRACTICE, landing
from tests.browser.visitor import Visitor, Visits
from tests.browser.wire import ask

pytestmark = pytest.mark.long


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    """Somebody on the English landing page."""
    return visit().opens(landing("en"))


# ---- the journey


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_what_was_typed_is_stored_and_the_visitor_thanked_in_their_language(
    site: LocalStack, visit: Visits, locale: str
) -> None:
    visitor = visit().opens(landing(locale) + "?utm_source=leaflet&gclid=secret&utm_campaign=" + "x" * 150)
    name = f"Script {locale}"
    posts = Posts(visitor.page)
    write(visitor.page, name=f"  {name} ", phone="602 555 0142", message="One\nTwo")
    visitor.page.locator("#field-topic").select_option("suitability")
    visitor.page.locator("#field-preferred_time").select_option("afternoon")
    visitor.page.locator("#field-consent").check()

    visitor.sends()

    (lead,) = leads(site, name)
    assert f"/{locale}/thank-you/{lead['reference']}/2" in visitor.page.url
    assert (lead["message"], lead["preferred_time"], lead["locale"]) == ("One\nTwo", "afternoon", locale)
    assert lead["more"] == {"topic": "suitability"}
    assert lead["source"] == {"utm_source": "leaflet", "utm_campaign": "x" * 100}
    assert visitor.complaints == []
    sent = json.loads(posts.requests[0].post_data or "")
    assert (sent["name"], sent["consent"]) == (f"  {name} ", True)
    assert {"email", "aside"}.isdisjoint(sent)


def test_the_honeypots_catch_is_sent_along(site: LocalStack, visitor: Visitor) -> None:
    write_well(visitor.page, "Honey Bear")
    visitor.page.locator("#field-aside").evaluate("field => { field.value = 'https://honey.example' }")

    visitor.sends()

    (lead,) = leads(site, "Honey Bear")
    assert lead["spam_reasons"] == ["honeypot"]


def test_autofill_that_tells_nobody_is_sent_too(site: LocalStack, visitor: Visitor) -> None:
    write_well(visitor.page, "Auto Fill")
    visitor.page.locator("#field-email").evaluate("field => { field.value = 'auto@example.com' }")

    visitor.sends()

    (lead,) = leads(site, "Auto Fill")
    assert lead["email"] == "auto@example.com"


def test_the_function_is_woken_once_when_the_form_is_first_used(visitor: Visitor) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.method) if "/api/" in request.url else None)
    visitor.page.locator("h1").tap()
    assert asked == []

    with visitor.page.expect_response(f"{API}?article=dry-needling-for-sciatica&locale=en"):
        visitor.page.locator("#field-name").tap()
    write(visitor.page, phone="602", email="x")
    visitor.page.locator("#field-name").tap()

    assert asked == ["OPTIONS"]


def test_keyboard_alone_is_enough(site: LocalStack, visit: Visits) -> None:
    visitor = visit(viewport={"width": 1280, "height": 900}).opens(landing("en"))
    keyboard = visitor.page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(30):
            keyboard.press("Tab")
            if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"{selector} is not reached")

    tab_to("[href='#enquiry']")
    keyboard.press("Enter")
    tab_to("#field-name")
    keyboard.type("Key Board")
    keyboard.press("Enter")
    expect(visitor.page.locator(".error-summary")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(visitor.page.locator("#field-phone")).to_be_focused()
    keyboard.type("602 555 0142")
    tab_to("#field-consent")
    keyboard.press("Space")
    tab_to("form[action='/api/leads'] [type=submit]")
    keyboard.press("Enter")
    arrives(visitor.page)

    assert len(leads(site, "Key Board")) == 1


# ---- once, whatever happens


@pytest.mark.parametrize("hurry", ["double click", "Enter, Enter"])
def test_pressing_twice_sends_once(site: LocalStack, visitor: Visitor, hurry: str) -> None:
    name = f"Hurry {hurry[:6]}"
    under_way: list[Route] = []
    posts = Posts(visitor.page, under_way.append)
    write_well(visitor.page, name)

    with visitor.page.expect_request(posted):
        if hurry == "double click":
            button(visitor.page).dblclick()
        else:
            visitor.page.locator("#field-phone").press("Enter")
            visitor.page.locator("#field-phone").press("Enter")
    expect(button(visitor.page)).to_be_disabled()
    under_way.pop().continue_()
    arrives(visitor.page)

    assert len(posts.requests) == 1
    assert len(leads(site, name)) == 1


def test_offline_it_waits_and_sends_when_the_network_is_back(site: LocalStack, visitor: Visitor) -> None:
    write_well(visitor.page, "Off Line")
    posts = Posts(visitor.page)
    visitor.page.context.set_offline(True)

    button(visitor.page).click()

    expect(status(visitor.page)).to_contain_text("What you typed is kept")
    expect(visitor.page.locator("#field-name")).to_have_value("Off Line")
    assert leads(site, "Off Line") == []

    visitor.page.context.set_offline(False)
    arrives(visitor.page)

    assert len(set(posts.keys)) == 1
    assert len(leads(site, "Off Line")) == 1


TROUBLES: dict[str, Sequence[Answer]] = {
    "503 twice": [fails(503), fails(503)],
    "500": [fails(500)],
    "429": [fails(429)],
    "network error": [refuses],
    "captive portal": [portal],
    "lost answer": [lost_answer],
    "two lost answers": [lost_answer, lost_answer],
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_after_trouble_the_same_enquiry_is_sent_again_and_stored_once(
    site: LocalStack, visitor: Visitor, trouble: str
) -> None:
    name = f"After {trouble}"
    posts = Posts(visitor.page, *TROUBLES[trouble])
    write_well(visitor.page, name)

    button(visitor.page).click()
    expect(status(visitor.page)).to_contain_text("What you typed is kept")
    arrives(visitor.page)

    assert len(posts.requests) == len(TROUBLES[trouble]) + 1
    assert len(set(posts.keys)) == 1
    assert len(leads(site, name)) == 1


def test_retry_after_is_honoured(visitor: Visitor) -> None:
    visitor.page.clock.install()
    posts = Posts(visitor.page, fails(503, **{"retry-after": "20"}))
    write_well(visitor.page, "Retry After")
    button(visitor.page).click()
    expect(status(visitor.page)).to_contain_text("What you typed is kept")

    visitor.page.clock.fast_forward(15_000)  # not nearer to 20: the clock also goes by itself
    visitor.page.wait_for_timeout(100)
    assert len(posts.requests) == 1
    visitor.page.clock.fast_forward(10_000)
    arrives(visitor.page)

    assert len(posts.requests) == 2


def test_an_attempt_without_an_answer_is_given_up_for_another(site: LocalStack, visitor: Visitor) -> None:
    visitor.page.clock.install()
    posts = Posts(visitor.page, silence)
    write_well(visitor.page, "Time Out")
    with visitor.page.expect_request(posted):
        button(visitor.page).click()

    visitor.page.clock.fast_forward(20_000)
    expect(status(visitor.page)).to_contain_text("What you typed is kept")
    visitor.page.clock.fast_forward(2_000)
    arrives(visitor.page)

    assert len(set(posts.keys)) == 1
    assert len(leads(site, "Time Out")) == 1


def test_when_all_fails_there_is_the_number_to_call_and_the_button_works_again(
    site: LocalStack, visitor: Visitor
) -> None:
    visitor.page.clock.install()
    posts = Posts(visitor.page, *[fails(503)] * 4)
    write_well(visitor.page, "All Fails")
    button(visitor.page).click()
    meanwhile(visitor.page, lambda: len(posts.requests) == 4, seconds=3)

    call = status(visitor.page).get_by_role("link")
    expect(call).to_have_attribute("href", f"tel:{PRACTICE.phone}")
    expect(visitor.page.locator("#field-name")).to_have_value("All Fails")
    assert len(posts.requests) == 4

    visitor.sends()

    assert len(set(posts.keys)) == 1
    assert len(leads(site, "All Fails")) == 1


def test_a_server_that_asks_to_be_left_alone_for_long_is(visitor: Visitor) -> None:
    posts = Posts(visitor.page, fails(503, **{"retry-after": "3600"}))
    write_well(visitor.page, "Leave Alone")

    button(visitor.page).click()

    expect(status(visitor.page).get_by_role("link")).to_be_visible()
    assert len(posts.requests) == 1


def test_reloading_while_it_is_sent_and_sending_again_is_one_lead(site: LocalStack, visitor: Visitor) -> None:
    posts = Posts(visitor.page, stores_in_silence)
    write_well(visitor.page, "Re Load")
    with visitor.page.expect_request(posted):
        button(visitor.page).click()
    meanwhile(visitor.page, lambda: leads(site, "Re Load"))

    visitor.page.reload()
    expect(visitor.page.locator("#field-name")).to_have_value("Re Load")
    visitor.page.locator("#field-consent").check()
    visitor.sends()

    (lead,) = leads(site, "Re Load")
    assert f"/thank-you/{lead['reference']}" in visitor.page.url
    assert len(posts.keys) == 2
    assert len(set(posts.keys)) == 1


def test_other_words_after_an_answer_that_was_lost_are_another_enquiry(site: LocalStack, visitor: Visitor) -> None:
    posts = Posts(visitor.page, lost_answer, fails(503, **{"retry-after": "60"}))
    write_well(visitor.page, "Other Words")
    button(visitor.page).click()
    expect(status(visitor.page).get_by_role("link")).to_be_visible()

    write(visitor.page, message="And another thing")
    visitor.sends()

    assert sorted(lead.get("message") or "" for lead in leads(site, "Other Words")) == ["", "And another thing"]
    first, second, third = posts.keys
    assert first == second != third


# ---- browsers that are in the way


def test_a_browser_that_stores_nothing_sends_as_well(site: LocalStack, visit: Visits) -> None:
    visitor = visit()
    visitor.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })"
    )
    posts = Posts(visitor.page, fails(503))
    visitor.opens(landing("en"))
    write_well(visitor.page, "No Storage")

    visitor.sends()

    assert len(set(posts.keys)) == 1
    assert len(leads(site, "No Storage")) == 1
    assert [each for each in visitor.complaints if "503" not in each] == []


@pytest.mark.parametrize("browses", ["without scripts", "with a script that fails"])
def test_the_plain_form_goes_the_whole_way(site: LocalStack, visit: Visits, browses: str) -> None:
    visitor = visit(java_script_enabled=browses != "without scripts")
    if browses != "without scripts":
        visitor.page.route("**/assets/words.*", lambda route: route.abort())
    visitor.opens(landing("en"))
    name = f"Plain {browses}"
    visitor.page.locator("#field-name").fill(name)
    button(visitor.page).click()
    visitor.page.wait_for_url(f"{API}#answer")
    expect(visitor.page.locator("#field-name")).to_have_value(name)
    expect(visitor.page.locator(".error-summary")).to_be_visible()

    visitor.page.locator("#field-phone").fill("602 555 0142")
    visitor.page.locator("#field-consent").check()
    button(visitor.page).click()
    arrives(visitor.page)

    assert len(leads(site, name)) == 1


def test_the_servers_own_page_of_errors_is_taken_over(site: LocalStack, visitor: Visitor) -> None:
    page = visitor.page
    write(page, name="Taken Over")
    with page.expect_navigation():
        page.locator("form[data-enquiry]").evaluate("form => form.submit()")
    expect(page.locator(".error-summary")).to_have_count(1)
    assert page.title().startswith("Error: ")
    expect(status(page)).to_be_empty()

    write(page, phone="602 555 0142")
    expect(page.locator("#field-phone-error")).to_be_empty()
    button(page).click()
    expect(page.locator(".error-summary")).to_have_count(1)
    assert page.title().count("Error:") == 1
    page.locator("#field-consent").check()
    visitor.sends()

    assert len(leads(site, "Taken Over")) == 1


def test_it_is_small_and_the_page_names_all_of_it(visitor: Visitor, origin: str) -> None:
    visitor.page.wait_for_load_state("networkidle")
    loaded = {each for each in visitor.requested if each.endswith(".js")}
    named = visitor.page.locator("link[rel=modulepreload], script[src]").evaluate_all(
        "each => each.map(({ src, href }) => src || href)"
    )

    replies = {each: ask(origin, each.removeprefix(origin), {"Accept-Encoding": "gzip"}) for each in loaded}

    assert set(named) == loaded
    assert {each["content-encoding"] for each in replies.values()} == {"gzip"}
    (words,) = (len(reply.body) for each, reply in replies.items() if "/words." in each)
    assert words <= 2 * 1024
    assert sum(len(each.body) for each in replies.values()) - words <= 9 * 1024
