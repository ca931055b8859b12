"""The practice of the tests, so that the real one in `shared/practice.toml` can change without them."""

import re
from pathlib import Path

import pytest
from PIL import Image

from infra.site.errors import ContentError
from infra.site.sources.practice_file import load, read_file

PRACTICE_FILE = Path(__file__).with_name("practice.toml")
PRACTICE = load(PRACTICE_FILE)
_DOCUMENT = Path(__file__).parents[1] / "docs/practice.md"


def full_practice() -> str:
    """The tests' practice file with everything that one may say besides: the examples of docs/practice.md."""
    examples = re.findall(r"```toml\n(\[\w+\]\n)?(.*?)```", _DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    text = re.sub(r"^credentials = .*\n", "", PRACTICE_FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for table, lines in examples:
        # What has no table of its own comes before the first.
        text = text.replace(table, table + lines, 1) if table in text else f"{text}\n{table}{lines}"
    return text


def write_full_practice(path: Path) -> None:
    """Write that, and the photograph that it names beside it."""
    path.write_text(full_practice(), encoding="utf-8")
    Image.radial_gradient("L").resize((400, 400)).save(path.with_name("rosa-quill.jpg"))


def assert_one_fault(folder: Path, text: str, fault: str) -> None:
    """A practice file with this text has one fault, named with the file as this pattern says."""
    path = folder / "practice.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ContentError, match=fault) as error:
        read_file(path)

    assert str(path) in str(error.value)
    assert len(error.value.faults) == 1
