"""The icons that browsers ask for by names of their own, drawn from the site's one icon."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser

# The sizes in pixels that are asked for. A home screen cuts the corners itself, and shows what is transparent as black.
_FAVICON: Final = 32
_TOUCH: Final = 180


def draw(browser: Browser, icon: Path, folder: Path) -> Iterator[Path]:
    """Draw the SVG `icon` as `favicon.ico` and `apple-touch-icon.png` into `folder`.

    Yields:
        Each file as it is written.
    """
    folder.mkdir(exist_ok=True)
    favicon, touch = folder / "favicon.ico", folder / "apple-touch-icon.png"
    _picture(browser, icon, _FAVICON).save(favicon, sizes=[(_FAVICON, _FAVICON)])
    yield favicon
    small = _picture(browser, icon, _TOUCH)
    # Its corners are as the ground beside them, in the middle of its upper edge.
    whole = Image.new("RGB", small.size, small.getpixel((_TOUCH // 2, 2)))
    whole.paste(small, mask=small.getchannel("A"))
    whole.save(touch, optimize=True)
    yield touch


def _picture(browser: Browser, icon: Path, size: int) -> Image.Image:
    with browser.new_context(viewport={"width": size, "height": size}) as context:
        page = context.new_page()
        page.set_content(
            f"<style>body {{ margin: 0 }} svg {{ display: block; block-size: 100vh; inline-size: 100vw }}"
            f"</style>{icon.read_text(encoding='utf-8')}"
        )
        return Image.open(BytesIO(page.screenshot(omit_background=True))).convert("RGBA")
