"""A visitor with a browser: what they do, what they see, and what the browser complains about meanwhile."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, Self

from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, Request, ViewportSize

from infra.pictures.chromium import FLAGS
from tests.browser.pages import Shown, good_fields, wrong_fields

__all__ = ["DESKTOP", "FLAGS", "PATIENCE_MS", "PHONE", "Visitor", "Visits"]

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}

# For whatever should happen at once: a machine that does much else besides takes its time.
PATIENCE_MS: Final = 30_000

Visits = Callable[..., "Visitor"]

# Posts fields as a browser without validation or script would, whatever is in them.
_POST = """fields => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/api/leads", hidden: true });
  for (const [name, value] of Object.entries(fields))
    form.append(Object.assign(document.createElement("textarea"), { name, value }));
  document.body.append(form);
  form.submit();
}"""
_SUBMIT = "form[action='/api/leads'] [type=submit]"


class Visitor:
    """One browser profile with one tab. `complaints` are console errors, uncaught exceptions and failed requests."""

    def __init__(self, context: BrowserContext, origin: str, options: Mapping[str, Any]) -> None:
        self._context = context
        self._runs_scripts = options.get("java_script_enabled", True)
        self._size: ViewportSize = options["viewport"]
        self._scheme = options.get("color_scheme", "light")
        self._origin = origin
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("requestfailed", self._note_failure)
        self.page.on("request", lambda request: self.requested.append(request.url))

    @classmethod
    def arrives(cls, browser: Browser, origin: str, **options: Any) -> Self:
        """A new profile; `options` are Playwright's for a context. They are on a phone unless a viewport is given."""
        phone: dict[str, Any] = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
        usual = {"locale": "en", "base_url": origin} | ({} if "viewport" in options else phone)
        options = usual | options
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        return cls(context, origin, options)

    def forgets(self) -> Self:
        """Comes as if for the first time, in the browser that is there already: that takes a fifth of the time."""
        self.page.evaluate("() => { if (location.protocol !== 'about:') sessionStorage.clear() }")
        self.page.goto("about:blank")
        self._debugger.send("Storage.clearDataForOrigin", {"origin": self._origin, "storageTypes": "all"})
        self.reads_at(self._size["width"], self._size["height"])
        self.page.emulate_media(color_scheme=self._scheme, media="null")
        self.complaints, self.requested = [], []
        return self

    def reads_at(self, width: int, height: int, letters: int = 16) -> Self:
        """Has a window of that size, and letters of `letters` CSS pixels where the page does not say otherwise."""
        self.page.set_viewport_size({"width": width, "height": height})
        self._debugger.send("Page.setFontSizes", {"fontSizes": {"standard": letters, "fixed": letters}})
        return self

    def leaves(self) -> None:
        """Closes the browser profile."""
        self._context.close()

    def opens(self, path: str) -> Self:
        """Types an address of the site."""
        self.page.goto(path)
        return self

    def meets(self, shown: Shown) -> Self:
        """Comes to one of the site's pages, however one gets there."""
        self.opens(shown.path)
        if shown.kind == "errors":
            with self.page.expect_navigation():
                self.page.evaluate(_POST, wrong_fields(shown.locale))
        # A 404 or 422 is also a line on the console, and here it is what was asked for.
        self.complaints = [each for each in self.complaints if "the server responded with a status of" not in each]
        return self

    def fills(self, fields: dict[str, str]) -> Self:
        """Enters each field that a person can see."""
        for name, value in fields.items():
            field = self.page.locator(f"form[action='/api/leads'] [name={name}]:not([type=hidden])")
            match field.first.get_attribute("type") or "text" if field.count() else None:
                case "radio" | "checkbox":
                    field.and_(self.page.locator(f"[value='{value}']")).check()
                case None:
                    continue
                case _ if field.evaluate("each => each.tagName") == "SELECT":
                    field.select_option(value)
                case _:
                    field.fill(value)
        return self

    def fills_in_well(self, locale: str, name: str) -> Self:
        """Enters what the practice needs."""
        return self.fills(good_fields(locale, name))

    def sends(self) -> Self:
        """Presses the button and waits for the page after it."""
        self.page.locator(_SUBMIT).click()
        self.page.wait_for_url("**/thank-you/**")
        return self

    @cached_property
    def _debugger(self) -> CDPSession:
        return self._context.new_cdp_session(self.page)

    def _note_failure(self, request: Request) -> None:
        # What is still loading when the visitor goes on is aborted, and no fault of the page. A browser that runs no
        # scripts refuses to preload them.
        if request.failure != "net::ERR_ABORTED" and not (request.failure == "csp" and not self._runs_scripts):
            self.complaints.append(f"failed: {request.url} ({request.failure})")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url')})")
