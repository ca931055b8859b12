"""What the README shows of the inbox: its list and an enquiry, on a phone and on a desk, in the practice's language."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from infra.local.stack import LocalStack
from infra.pictures.png import packed
from infra.pictures.screens import DEVICES

_INBOX: Final = "/inbox"
_CODE: Final = re.compile(r"\b\d{6}\b")
# A mail to sign in comes in seconds.
_PATIENCE_MS: Final = 60_000


def take(browser: Browser, stack: LocalStack, member: str, folder: Path) -> Iterator[Path]:
    """Take them, of two hundred invented enquiries that `stack` is filled with, as this member of its inbox.

    Yields:
        Each file as it is written, such as `inbox-list-phone.png`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stack.fill()
    for device, options in DEVICES.items():
        with browser.new_context(base_url=stack.url, color_scheme="light", **options) as context:
            page = context.new_page()
            page.set_default_timeout(_PATIENCE_MS)
            _sign_in(page, stack, member)
            for name in ("list", "enquiry"):
                page.goto(_INBOX)
                if name == "enquiry":
                    page.locator("main li a").first.click()
                path = folder / f"inbox-{name}-{device}.png"
                path.write_bytes(packed(page.screenshot(animations="disabled")))
                yield path


def _sign_in(page: Page, stack: LocalStack, member: str) -> None:
    before = len(stack.mails())
    page.goto(f"{_INBOX}/sign-in")
    page.locator("[name=address]").fill(member)
    page.locator("main form [type=submit], main form button").first.click()
    page.wait_for_url("**/code")
    while not (codes := [found[0] for mail in stack.mails()[before:] if (found := _CODE.search(mail.subject))]):
        page.wait_for_timeout(200)
    page.locator("[name=code]").fill(codes[-1])
    page.locator("main form [type=submit], main form button").first.click()
    page.wait_for_url(f"**{_INBOX}")
