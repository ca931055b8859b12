"""Every page in every language, and what it loads, as the Nu HTML checker (the W3C's) judges it."""

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
CONTROLS = {
    "control.html": '<!DOCTYPE html><html lang="en"><title>A page</title><p heading="1">A page.</p></div>',
    "control.css": "p { colour: red }",
}

Messages = Mapping[str, list[str]]


@pytest.fixture(scope="module")
def messages(origin: str, node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Messages:
    """What the checker says of each file, by the file's name: one run for all, since Java takes its time to start."""
    folder = tmp_path_factory.mktemp("markup")
    for shown in PAGES:
        reply = fetch(origin, shown)
        assert reply.status == STATUS[shown.kind]
        (folder / f"{shown}.html").write_bytes(reply.content)
        for path in re.findall(r'(?:href|src)="(/assets/[^"]+\.(?:css|svg))"', reply.text):
            (folder / Path(path).name).write_bytes(ask(origin, path).content)
    for name, text in CONTROLS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return _checked(folder, node_modules / "vnu-jar/build/dist/vnu.jar")


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_page_has_no_error_and_no_warning(messages: Messages, shown: Shown) -> None:
    found = messages[f"{shown}.html"]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("suffix", ["css", "svg"])
def test_asset_has_no_error_and_no_warning(messages: Messages, suffix: str) -> None:
    names = [name for name in messages if name.endswith(f".{suffix}") and name not in CONTROLS]

    assert names
    assert {name: messages[name] for name in names if messages[name]} == {}


def test_checker_would_find_what_is_wrong(messages: Messages) -> None:
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
