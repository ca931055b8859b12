"""The picture that stands for an article where its address is shared: 1200 by 630 pixels, one for each language."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup
from playwright.sync_api import Browser, Page, ViewportSize

from infra.pictures.png import packed

# What Open Graph's readers show without cutting it.
SIZE: Final[ViewportSize] = {"width": 1200, "height": 630}


def draw(browser: Browser, origin: str, articles: Path, locales: Sequence[str]) -> Iterator[Path]:
    """Draw the picture of every article below `articles`, in every language it is published in, into its folder.

    The card takes words, colours and letters from the article's own page, so it looks like what it leads to.

    Yields:
        Each file as it is written.
    """
    # The page's own policy would keep the card's style out.
    with browser.new_context(base_url=origin, viewport=SIZE, color_scheme="light", bypass_csp=True) as context:
        page = context.new_page()
        for folder in sorted(path.parent for path in articles.glob("*/article.yaml")):
            for locale in locales:
                answer = page.goto(f"/{locale}/articles/{folder.name}")
                if answer is not None and answer.ok:
                    path = folder / "pictures" / f"og.{locale}.png"
                    path.parent.mkdir(exist_ok=True)
                    path.write_bytes(_card(page, locale))
                    yield path


def _card(page: Page, locale: str) -> bytes:
    title = page.inner_text("h1")
    html = _template().render(
        title=title,
        practice=page.inner_text(".site-name"),
        icon=page.get_attribute(".site-name img", "src"),
        byline=Markup(page.inner_html(".byline")),  # noqa: S704 - our own page's
    )
    page.evaluate("html => { document.body.innerHTML = html }", html)
    page.wait_for_function("[...document.images].every(each => each.complete) && document.fonts.status === 'loaded'")
    return packed(page.screenshot(animations="disabled"), title=title, language=locale)


def _template() -> Template:
    return Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template("card.html")
