"""Every page in every language, on a phone and on a desk, light and dark, as axe-core judges it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.pages import LOCALES, PAGES, Shown
from tests.browser.visitor import DESKTOP, PHONE, Visitor, Visits

pytestmark = pytest.mark.long

# WCAG 2.2 level A and AA, and what axe's makers recommend beyond it.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Other colours are all that is different in the dark. These are axe's rules about colours.
SCHEMES: dict[Literal["light", "dark"], list[str]] = {"light": TAGS, "dark": ["color-contrast", "link-in-text-block"]}
SIZES: Mapping[str, ViewportSize] = {"phone": PHONE, "desktop": DESKTOP}


@pytest.fixture(scope="module")
def axe(node_modules: Path) -> str:
    return (node_modules / "axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(visitor: Visitor, axe: str, sizes: Mapping[str, ViewportSize] = SIZES) -> Iterator[str]:
    """What axe-core finds on the page, in each size and colour scheme; contrast that it cannot measure counts too."""
    # Run by the debugger, not by the page: its Content-Security-Policy stays in force.
    visitor.page.evaluate(f"{axe};undefined")
    for size, viewport in sizes.items():
        visitor.page.set_viewport_size(viewport)
        # As tall as the page: what stays at the window's edge would lie over text whose contrast is to be measured.
        height = visitor.page.evaluate("document.documentElement.scrollHeight")
        visitor.page.set_viewport_size({**viewport, "height": height})
        for scheme, rules in SCHEMES.items():
            visitor.page.emulate_media(color_scheme=scheme)
            options = {"runOnly": rules, "resultTypes": ["violations", "incomplete"]}
            found: dict[str, Any] = visitor.page.evaluate("options => axe.run(document, options)", options)
            undecided = [rule for rule in found["incomplete"] if rule["id"] == "color-contrast"]
            for rule in [*found["violations"], *undecided]:
                for node in rule["nodes"]:
                    yield f"{size}, {scheme}: {rule['id']}: {node['html'][:200]}\n{node['failureSummary']}"


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_page_has_no_violation(look: Visits, axe: str, shown: Shown) -> None:
    visitor = look(locale=shown.locale).meets(shown)

    found = list(violations(visitor, axe))

    assert not found, "\n\n".join(found)


def test_checker_would_find_missing_label_and_faint_text(look: Visits, axe: str) -> None:
    visitor = look().meets(Shown("landing", LOCALES[0]))
    visitor.page.locator("#field-name").evaluate("field => field.labels[0].remove()")
    visitor.page.locator("#field-message-hint").evaluate("hint => { hint.style.opacity = 0.4 }")

    found = "\n".join(violations(visitor, axe))

    for size in ("phone", "desktop"):
        assert f"{size}, light: label:" in found
        for scheme in SCHEMES:
            assert f"{size}, {scheme}: color-contrast:" in found
