"""The form's script: what is sent is what the form holds at that moment, or nothing."""

import json
from collections.abc import Callable
from typing import Any, Self

import pytest
from playwright.sync_api import Page, Route, expect

from infra.local.stack import LocalStack
from shared.lead import identity_of_key, reference_of
from tests.browser.enquiry import (
    Posts,
    arrives,
    button,
    fails,
    leads,
    lost_answer,
    meanwhile,
    posted,
    silence,
    status,
    write,
    write_well,
)
from tests.browser.pages import PRACTICE, landing
from tests.browser.visitor import Visitor, Visits

pytestmark = pytest.mark.long

Change = Callable[[Page], object]


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    """Somebody on the English landing page."""
    return visit().opens(landing("en"))


def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"#field-{name}").fill(text)


def choose_email(page: Page) -> None:
    fill(page, email="ann@example.com")
    page.locator("[name=preferred_contact][value=email]").check()


# What is changed -> what is stored of it then.
CORRECTIONS: dict[str, tuple[Change, dict[str, Any]]] = {
    "correct the phone": (lambda page: fill(page, phone="602 555 0199"), {"phone": "+16025550199"}),
    "lengthen the message": (lambda page: write(page, message=", at night"), {"message": "It hurts, at night"}),
    "choose e-mail": (choose_email, {"email": "ann@example.com", "preferred_contact": "email"}),
}
# What is changed -> what the page says, and beside which field.
ENDS: dict[str, tuple[Change, str, str | None]] = {
    "untick consent": (lambda page: page.locator("#field-consent").uncheck(), "nothing more is sent", None),
    "empty the form": (lambda page: fill(page, name="", phone="", message=""), "nothing more is sent", None),
    "an invalid phone": (lambda page: fill(page, phone="12"), "Correct what is marked", "phone"),
    "a message too long": (lambda page: fill(page, message="x" * 1001), "Correct what is marked", "message"),
}


class Trouble:
    """Something that keeps an enquiry waiting. Entered when it has begun, left when it is over.

    From then on the page's clock can be moved.
    """

    def __init__(self, page: Page, kind: str, name: str) -> None:
        self._page, self._kind = page, kind
        page.clock.install()
        self._held: list[tuple[Route, Any]] = []
        answers = {"503": [fails(503, **{"retry-after": "4"})], "offline": []}.get(kind, [self._hold])
        self.posts = Posts(page, *answers)
        write_well(page, name)
        write(page, message="It hurts")

    def __enter__(self) -> Self:
        if self._kind == "offline":
            self._page.context.set_offline(True)
        with self._page.expect_request(posted):
            button(self._page).click()
        if self._kind in ("offline", "503"):
            expect(status(self._page)).to_contain_text("What you typed is kept")
        else:
            meanwhile(self._page, lambda: self._held)
        return self

    def __exit__(self, *_: object) -> None:
        if self._kind == "offline":
            self._page.context.set_offline(False)
        self._page.wait_for_timeout(300)  # what was called off is, by then
        for route, response in self._held:
            if response:
                route.fulfill(response=response)
            else:
                route.continue_()

    def _hold(self, route: Route) -> None:
        self._held.append((route, route.fetch() if self._kind == "slow to answer" else None))


TROUBLES = ["offline", "503", "slow to arrive", "slow to answer"]


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("change", CORRECTIONS)
def test_what_is_corrected_while_it_waits_is_what_is_stored(
    site: LocalStack, visitor: Visitor, change: str, kind: str
) -> None:
    name, (correct, expected) = f"{change} {kind}", CORRECTIONS[change]

    with Trouble(visitor.page, kind, name) as trouble:
        correct(visitor.page)
    visitor.page.clock.run_for(5_000)  # as long as the 503 asks for, and the rest after a key was pressed
    arrives(visitor.page)

    stored = leads(site, name)
    last = max(stored, key=lambda lead: lead["stored_at"])
    assert last.items() >= expected.items()
    assert f"/thank-you/{last['reference']}/" in visitor.page.url
    # What the server has seen of the first version is stored, too, and the practice sees that they belong together.
    assert len(stored) == (2 if kind == "slow to answer" else 1)
    first = reference_of(identity_of_key(trouble.posts.keys[0].strip('"')).id)
    assert last.get("replaces") == (None if kind == "offline" else first)
    assert first != last["reference"]
    assert len(set(trouble.posts.keys)) == 2


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("change", ENDS)
def test_what_is_taken_back_or_wrong_while_it_waits_ends_the_sending(
    site: LocalStack, visitor: Visitor, change: str, kind: str
) -> None:
    name, (end, said, field) = f"{change} {kind}", ENDS[change]
    page = visitor.page

    with Trouble(page, kind, name) as trouble:
        end(page)
        focus = page.evaluate("document.activeElement.id")
    page.clock.run_for(5_000)
    expect(status(page)).to_contain_text(said)
    page.clock.run_for(60_000)  # longer than anything waits
    page.wait_for_timeout(300)

    assert len(leads(site, name)) == (1 if kind == "slow to answer" else 0)
    assert len(set(trouble.posts.keys)) == 1
    expect(button(page)).to_be_enabled()
    if change == "untick consent":
        expect(page.locator(".error:not(:empty)")).to_have_count(0)
    if field:
        expect(page.locator(f"#field-{field}-error")).not_to_be_empty()
        assert page.evaluate("document.activeElement.id") == focus
    # Only what may have arrived can be deleted.
    may_have_arrived = not field and kind != "offline"
    expect(status(page).get_by_role("link")).to_have_count(1 if may_have_arrived else 0)


def test_what_was_taken_back_can_be_given_again(site: LocalStack, visitor: Visitor) -> None:
    with Trouble(visitor.page, "offline", "Given Again"):
        visitor.page.locator("#field-consent").uncheck()
        expect(status(visitor.page)).to_contain_text("nothing more is sent")
    visitor.page.locator("#field-consent").check()

    visitor.sends()

    assert len(leads(site, "Given Again")) == 1


def test_half_a_correction_is_not_sent(site: LocalStack, visitor: Visitor) -> None:
    with Trouble(visitor.page, "offline", "Half Way"):
        write(visitor.page, message=", at")
    visitor.page.clock.run_for(1_000)
    write(visitor.page, message=" night")
    visitor.page.clock.run_for(2_000)
    arrives(visitor.page)

    (lead,) = leads(site, "Half Way")
    assert lead["message"] == "It hurts, at night"


def test_what_is_changed_back_is_no_other_enquiry(site: LocalStack, visitor: Visitor) -> None:
    with Trouble(visitor.page, "slow to answer", "Changed Back"):
        fill(visitor.page, message="It")
        fill(visitor.page, message="It hurts")
    visitor.page.clock.run_for(2_000)
    arrives(visitor.page)

    (lead,) = leads(site, "Changed Back")
    assert "replaces" not in lead


def test_a_change_that_tells_nobody_follows_the_first_version(site: LocalStack, visitor: Visitor) -> None:
    with Trouble(visitor.page, "slow to answer", "Tells Nobody"):
        visitor.page.locator("#field-email").evaluate("field => { field.value = 'tells@example.com' }")
    visitor.page.clock.run_for(2_000)
    arrives(visitor.page)

    first, last = sorted(leads(site, "Tells Nobody"), key=lambda lead: lead["stored_at"])
    assert (last["email"], last["replaces"]) == ("tells@example.com", first["reference"])


@pytest.mark.parametrize("arrives_of", ["first", "second", "both", "none"])
def test_every_correction_names_what_may_have_arrived_first(
    site: LocalStack, visitor: Visitor, arrives_of: str
) -> None:
    page, name = visitor.page, f"Chain {arrives_of}"
    gone = fails(503, **{"retry-after": "60"})

    def answer(version: str) -> Callable[[Route], None]:
        def meet(route: Route) -> None:
            if arrives_of in (version, "both"):
                route.fetch()
            gone(route)

        return meet

    posts = Posts(page, answer("first"), answer("second"))
    write_well(page, name)
    for text in ("one", "two"):
        fill(page, message=text)
        with page.expect_request(posted):
            button(page).click()
        expect(status(page).get_by_role("link")).to_be_visible()
        expect(button(page)).to_be_enabled()
    fill(page, message="three")
    visitor.sends()

    first = reference_of(identity_of_key(posts.keys[0].strip('"')).id)
    stored = {lead["message"]: lead for lead in leads(site, name)}
    texts = {"first": {"one"}, "second": {"two"}, "both": {"one", "two"}, "none": set[str]()}[arrives_of]
    assert set(stored) == {"three"} | texts
    assert {text: lead.get("replaces") for text, lead in stored.items()} == {
        text: None if text == "one" else first for text in stored
    }


def test_what_is_known_to_have_arrived_is_what_a_correction_names(site: LocalStack, visit: Visits) -> None:
    visitor = visit().opens(landing("en"))
    write_well(visitor.page, "Known Well")
    other = visitor.page.context.new_page()
    other.goto(landing("en"))
    fill(other, message="And at night")
    visitor.sends()
    other.locator("#field-consent").check()

    button(other).click()
    arrives(other)

    first, last = sorted(leads(site, "Known Well"), key=lambda lead: lead["stored_at"])
    assert (last["message"], last["replaces"]) == ("And at night", first["reference"])


def test_pressing_the_button_again_sends_the_correction_at_once(site: LocalStack, visitor: Visitor) -> None:
    with Trouble(visitor.page, "slow to arrive", "At Once") as trouble:
        fill(visitor.page, message="It hurts less")
        button(visitor.page).click(force=True)
        meanwhile(visitor.page, lambda: len(trouble.posts.requests) == 2)
    arrives(visitor.page)

    (lead,) = leads(site, "At Once")
    assert lead["message"] == "It hurts less"


def test_the_practices_number_is_there_for_what_may_have_arrived(visitor: Visitor) -> None:
    with Trouble(visitor.page, "503", "May Have"):
        visitor.page.locator("#field-consent").uncheck()

        expect(status(visitor.page).get_by_role("link")).to_have_attribute("href", f"tel:{PRACTICE.phone}")


def test_a_throttled_attempt_did_not_arrive(site: LocalStack, visitor: Visitor) -> None:
    posts = Posts(visitor.page, fails(429, **{"retry-after": "2"}))
    write_well(visitor.page, "Too Many")
    button(visitor.page).click()
    expect(status(visitor.page)).to_contain_text("What you typed is kept")

    fill(visitor.page, message="Another thing")
    arrives(visitor.page)

    assert "replaces" not in json.loads(posts.requests[-1].post_data or "")
    (lead,) = leads(site, "Too Many")
    assert lead["message"] == "Another thing"


def test_an_enquiry_that_was_closed_away_is_followed_by_its_correction(site: LocalStack, visitor: Visitor) -> None:
    Posts(visitor.page, lost_answer, fails(503, **{"retry-after": "60"}))
    write_well(visitor.page, "Closed Away")
    button(visitor.page).click()
    expect(status(visitor.page).get_by_role("link")).to_be_visible()
    later = visitor.page.context.new_page()
    visitor.page.close()
    later.goto(landing("en"))
    fill(later, phone="602 555 0199")
    later.locator("#field-consent").check()

    button(later).click()
    arrives(later)

    first, last = sorted(leads(site, "Closed Away"), key=lambda lead: lead["stored_at"])
    assert (last["phone"], last["replaces"]) == ("+16025550199", first["reference"])


@pytest.mark.parametrize("goes", ["on", "away"])
def test_who_leaves_the_page_while_it_is_sent_has_sent_it_once(site: LocalStack, visitor: Visitor, goes: str) -> None:
    name, page = f"Leaves {goes}", visitor.page
    keeper = page.context.new_page()
    Posts(page, silence)
    write_well(page, name)
    with page.expect_request(posted):
        button(page).click()

    if goes == "on":
        page.goto("/en/")
    else:
        page.close(run_before_unload=True)

    meanwhile(keeper, lambda: leads(site, name))
    assert len(leads(site, name)) == 1
