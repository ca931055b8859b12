"""Every page in every language, and what it loads, as the Nu HTML checker (the W3C's) and html-validate judge it."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.browser import tools
from tests.browser.pages import PAGES, STATUS, Shown, fetch
from tests.browser.wire import ask

# An end tag too many, an attribute that is none, and a style property that is none: the checker must find all three.
# So must html-validate find a telephone number that may be broken.
CONTROLS = {
    "control.html": '<!DOCTYPE html><html lang="en"><title>A page</title><p heading="1">A page.</p></div>'
    '<a href="tel:911">9 1-1</a>',
    "control.css": "p { colour: red }",
}

Messages = Mapping[str, list[str]]


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
    return _checked(folder, node_modules / "vnu-jar/build/dist/vnu.jar")


@pytest.fixture(scope="module")
def advice(folder: Path, node_modules: Path) -> Messages:
    """What html-validate says with all the rules that its makers recommend, by the file's name."""
    (folder / ".htmlvalidate.json").write_text('{"root": true, "extends": ["html-validate:recommended"]}')
    command = [tools.NODE, node_modules / "html-validate/bin/html-validate.mjs", "--formatter", "json", "*.html"]
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    return {
        Path(each["filePath"]).name: [f"{said['ruleId']}: {said['message']}" for said in each["messages"]]
        for each in json.loads(done.stdout)
    }


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
    assert {name: messages[name] for name in names if messages[name]} == {}


def test_checkers_would_find_what_is_wrong(messages: Messages, advice: Messages) -> None:
    assert sum("tel-non-breaking" in each for each in advice["control.html"]) == 2
    assert any("Stray end tag" in each for each in messages["control.html"])
    assert any("“heading” not allowed" in each for each in messages["control.html"])
    assert any("colour" in each for each in messages["control.css"])


def _checked(folder: Path, jar: Path) -> Messages:
    command = [tools.JAVA, "-jar", jar, "--format", "json", "--stdout", "--also-check-css", "--also-check-svg", folder]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=300)
    found: dict[str, list[str]] = {path.name: [] for path in folder.iterdir()}
    for each in json.loads(done.stdout)["messages"]:
        place = f"{each.get('lastLine', '?')}:{each.get('lastColumn', '?')}"
        text = (
            f"{each.get('subType') or each['type']} at {place}: {each['message']} {each.get('extract', '').strip()!r}"
        )
        found[Path(each["url"]).name].append(text)
    return found
