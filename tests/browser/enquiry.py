"""The enquiry form in a browser: filling it in, and what becomes of what it sends."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, Request, Route

from infra.local.stack import LocalStack

API: Final = "**/api/leads"

Answer = Callable[[Route], Any]


def leads(site: LocalStack, name: str) -> list[dict[str, Any]]:
    """What is stored of somebody."""
    return [item for item in site.items() if item.get("name") == name]


def write(page: Page, **fields: str) -> None:
    """Types into the fields, key by key."""
    for name, text in fields.items():
        page.locator(f"#field-{name}").press_sequentially(text)


def write_well(page: Page, name: str) -> None:
    """Fills in what the practice needs."""
    write(page, name=name, phone="602 555 0142")
    page.locator("#field-consent").check()


def button(page: Page) -> Locator:
    """What sends the form."""
    return page.locator("form[data-enquiry] [type=submit]")


def status(page: Page) -> Locator:
    """Where the script says what goes on."""
    return page.locator("[data-status]")


def posted(request: Request) -> bool:
    """Whether this is an enquiry on its way."""
    return request.method == "POST"


def arrives(page: Page) -> None:
    """Waits for the page that says thank you."""
    page.wait_for_url("**/en/thank-you/**")


def meanwhile(page: Page, happens: Callable[[], object], *, seconds: int = 0) -> None:
    """Waits until something happens, on the page's clock `seconds` at a time if it has one of its own."""
    for _ in range(600):
        if happens():
            return
        if seconds:
            page.clock.fast_forward(seconds * 1000)
        page.wait_for_timeout(50)
    pytest.fail("it did not happen")


class Posts:
    """The enquiries that leave the page. Each is met by the next of `answers`, and after those by the server."""

    def __init__(self, page: Page, *answers: Answer) -> None:
        self.requests: list[Request] = []
        self._answers = list(answers)
        page.route(API, self._meet)

    @property
    def keys(self) -> list[str]:
        """Their Idempotency-Keys, in order."""
        return [each.headers["idempotency-key"] for each in self.requests]

    def _meet(self, route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        self.requests.append(route.request)
        answer = self._answers.pop(0) if self._answers else Route.continue_
        answer(route)


def fails(code: int, **headers: str) -> Answer:
    """An answer of API Gateway's own."""
    return lambda route: route.fulfill(status=code, headers=headers, json={"message": "Not now"})


def refuses(route: Route) -> None:
    route.abort("connectionrefused")


def portal(route: Route) -> None:
    """A public network's own page, as a success."""
    route.fulfill(status=200, content_type="text/html", body="<title>Welcome to our Wi-Fi</title>")


def lost_answer(route: Route) -> None:
    """The server stores the enquiry, and its answer never arrives."""
    assert route.fetch().status in (200, 201)
    route.abort("connectionreset")


def stores_in_silence(route: Route) -> None:
    """The server stores the enquiry, and its answer is still on its way."""
    route.fetch()


def silence(route: Route) -> None:
    """Nothing comes of it."""


def stored(page: Page) -> str:
    """Everything in the browser's storage, as JSON."""
    return str(page.evaluate("JSON.stringify({ ...localStorage })"))
