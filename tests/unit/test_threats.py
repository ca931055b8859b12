"""The threat model names tests that there are, and has one for every threat."""

import ast
import re
from functools import cache

import pytest

from tests.conftest import ROOT

THREATS = (ROOT / "docs/threats.md").read_text("utf-8")
ROWS = [
    line
    for line in THREATS.splitlines()
    if line.startswith("| ") and not line.startswith("| who wants") and "---" not in line
]
NAMED = sorted(set(re.findall(r"\[`(\w+)`\]\(\.\./(tests/[\w/]+\.py)\)", THREATS)))


@cache
def functions_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_bytes())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("name", "path"), NAMED, ids=[name for name, _ in NAMED])
def test_a_named_test_is_there(name: str, path: str) -> None:
    assert f"test_{name}" in functions_in(path)


@pytest.mark.parametrize("row", ROWS)
def test_every_threat_says_who_what_stops_them_what_is_left_and_what_shows_it(row: str) -> None:
    cells = [cell.strip() for cell in row.strip("|").split(" | ")]

    assert len(cells) == 4
    assert all(cells)
    assert re.search(r"\.\./tests/", cells[3])


def test_there_are_threats() -> None:
    assert len(ROWS) >= 20
