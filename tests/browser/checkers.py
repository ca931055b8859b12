"""The Nu HTML checker (the W3C's) and html-validate, over a folder of files."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.browser import tools

Messages = Mapping[str, list[str]]


def checked(folder: Path, node_modules: Path) -> Messages:
    """What the Nu HTML checker says of the pages, style sheets and pictures in a folder, by the file's name."""
    jar = node_modules / "vnu-jar/build/dist/vnu.jar"
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


def advised(folder: Path, node_modules: Path) -> Messages:
    """What html-validate says of the pages with all the rules that its makers recommend, by the file's name."""
    (folder / ".htmlvalidate.json").write_text('{"root": true, "extends": ["html-validate:recommended"]}')
    command = [tools.NODE, node_modules / "html-validate/bin/html-validate.mjs", "--formatter", "json", "*.html"]
    # Into a file: Node ends before a pipe has taken all of it.
    with tempfile.TemporaryFile() as said:
        subprocess.run(list(map(str, command)), cwd=folder, stdout=said, check=False, timeout=300)
        said.seek(0)
        found = json.load(said)
    return {
        Path(each["filePath"]).name: [f"{told['ruleId']}: {told['message']}" for told in each["messages"]]
        for each in found
    }
