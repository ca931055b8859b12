"""What the README shows: the pages as visitors see them, on a phone and on a desk."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

from infra.pictures.png import packed

# As wide as they are common; a phone's picture has two pixels to one of the page's, as its screen has.
DEVICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True},
    "desktop": {"viewport": {"width": 1280, "height": 860}},
}
# Somebody who is nobody, under a number and with a reference that are nobody's.
_VISITOR: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("Jordan Reyes", "Do you have time on a Thursday after work?"),
    "ar": ("سلمى حداد", "هل لديكم وقت يوم خميس بعد الظهر؟"),
}
LANGUAGES: Final = tuple(_VISITOR)
_NUMBER: Final = "(602) 555-0142"
_REFERENCE: Final = "7KQM-4TWX"
# When and where they are, so that the promise at the form is the same in each picture of it.
_NOW: Final = "2026-11-30T18:20:00-07:00"
_ZONE: Final = "America/Phoenix"


def take(browser: Browser, origin: str, slug: str, locales: Sequence[str], folder: Path) -> Iterator[Path]:
    """Take every picture of the article's pages, in those of `LANGUAGES` that are among `locales`.

    Yields:
        Each file as it is written, such as `landing-phone-en.png`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for locale in filter(locales.__contains__, LANGUAGES):
        for device, options in DEVICES.items():
            with browser.new_context(
                base_url=origin, locale=locale, color_scheme="light", timezone_id=_ZONE, **options
            ) as context:
                page = context.new_page()
                page.clock.set_fixed_time(_NOW)
                addresses = {
                    "landing": f"/{locale}/articles/{slug}",
                    "form": f"/{locale}/articles/{slug}",
                    "thank-you": f"/{locale}/thank-you/{_REFERENCE}",
                }
                for name, address in addresses.items():
                    page.goto(address)
                    if name == "form":
                        _fill_in(page, *_VISITOR[locale])
                    path = folder / f"{name}-{device}-{locale}.png"
                    path.write_bytes(packed(page.screenshot(animations="disabled")))
                    yield path


def _fill_in(page: Page, name: str, message: str) -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=phone]").fill(_NUMBER)
    page.locator("[name=message]").fill(message)
    page.locator("[name=consent]").check()
    page.locator("form").evaluate("form => { document.activeElement.blur(); form.scrollIntoView() }")
