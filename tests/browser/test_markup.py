"""Every page in every language, and what it loads, as the Nu HTML checker (the W3C's) and html-validate judge it."""

import re
from pathlib import Path

import pytest

from tests.browser.checkers import Messages, advised, checked
from tests.browser.pages import PAGES, STATUS, Shown, fetch
from tests.browser.wire import ask

pytestmark = pytest.mark.long

# An end tag too many, an attribute that is none, and a style property that is none: the checker must find all three.
# So must html-validate find a telephone number that may be broken.
CONTROLS = {
    "control.html": '<!DOCTYPE html><html lang="en"><title>A page</title><p heading="1">A page.</p></div>'
    '<a href="tel:911">9 1-1</a>',
    "control.css": "p { colour: red }",
}


# CSS Overflow 5, section 4: contents that show where one is, in the browsers that know it. The checker does not yet.
NEWER = ("“scroll-target-group”", "“:target-current”")


@pytest.fixture(scope="module")
def folder(origin: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page, what it loads, and what is wrong on purpose."""
    folder = tmp_path_factory.mktemp("markup")
    for shown in PAGES:
        reply = fetch(origin, shown)
        assert reply.status == STATUS[shown.kind]
        (folder / f"{shown}.html").write_bytes(reply.content)
        for path in re.findall(r'(?:href|src)="(/assets/[^"]+\.(?:css|svg))"', reply.text):
            (folder / Path(path).name).write_bytes(ask(origin, path).content)
    for name, text in CONTROLS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def messages(folder: Path, node_modules: Path) -> Messages:
    """What the Nu HTML checker says, by the file's name: one run for all, since Java takes its time to start."""
    return checked(folder, node_modules)


@pytest.fixture(scope="module")
def advice(folder: Path, node_modules: Path) -> Messages:
    """What html-validate says with all the rules that its makers recommend, by the file's name."""
    return advised(folder, node_modules)


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_page_has_no_error_and_no_warning(messages: Messages, shown: Shown) -> None:
    found = messages[f"{shown}.html"]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_page_follows_what_is_recommended_and_breaks_no_telephone_number(advice: Messages, shown: Shown) -> None:
    assert advice.get(f"{shown}.html", []) == []


@pytest.mark.parametrize("suffix", ["css", "svg"])
def test_asset_has_no_error_and_no_warning(messages: Messages, suffix: str) -> None:
    names = [name for name in messages if name.endswith(f".{suffix}") and name not in CONTROLS]

    assert names
    found = [each for name in names for each in messages[name] if not any(word in each for word in NEWER)]
    assert found == []


def test_checkers_would_find_what_is_wrong(messages: Messages, advice: Messages) -> None:
    assert sum("tel-non-breaking" in each for each in advice["control.html"]) == 2
    assert any("Stray end tag" in each for each in messages["control.html"])
    assert any("“heading” not allowed" in each for each in messages["control.html"])
    assert any("colour" in each for each in messages["control.css"])
