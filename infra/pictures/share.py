"""The picture that stands for a page where its address is shared: 1200 by 630 pixels, one for each language."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup
from playwright.sync_api import Browser, Page, ViewportSize

from infra.pictures.png import packed
from shared.practice import Practice

# What Open Graph's readers show without cutting it.
SIZE: Final[ViewportSize] = {"width": 1200, "height": 630}


def draw(browser: Browser, origin: str, content: Path, practice: Practice) -> Iterator[Path]:
    """Draw the pictures of the practice's page and of every article below `content`, in every language they have.

    The card takes words, drawing, colours and letters from the page itself, so it looks like what it leads to.

    Yields:
        Each file as it is written.
    """
    # The page's own policy would keep the card's style out.
    with browser.new_context(base_url=origin, viewport=SIZE, color_scheme="light", bypass_csp=True) as context:
        page = context.new_page()
        for folder, address in _pages(content):
            for locale in practice.locales:
                answer = page.goto(f"/{locale}/{address}")
                if answer is not None and answer.ok:
                    path = folder / "pictures" / f"og.{locale}.png"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(_card(page, locale, practice))
                    yield path


def _pages(content: Path) -> Iterator[tuple[Path, str]]:
    yield content / "home", ""
    for path in sorted(content.glob("articles/*/article.yaml")):
        yield path.parent, f"articles/{path.parent.name}"


def _card(page: Page, locale: str, practice: Practice) -> bytes:
    title = page.get_attribute("meta[property='og:title']", "content") or ""
    drawing = page.locator("img.picture").first
    html = _template().render(
        title=page.inner_text("h1"),
        practice=practice.name,
        place=f"{practice.address.locality}, {practice.address.region}",
        icon=page.get_attribute(".site-name img", "src"),
        drawing=drawing.get_attribute("src") if drawing.count() else None,
        byline=Markup(page.inner_html(".byline a")),  # noqa: S704 - our own page's
    )
    page.evaluate("html => { document.body.innerHTML = html }", html)
    page.wait_for_function("[...document.images].every(each => each.complete) && document.fonts.status === 'loaded'")
    return packed(page.screenshot(animations="disabled"), title=title, language=locale)


def _template() -> Template:
    return Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template("card.html")
