"""The commands that the README and docs/operations.md have: in fenced blocks, in tables and in sentences."""

import re
from collections.abc import Iterator

from tests.conftest import ROOT

DOCUMENTS = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/operations.md")}

# A fenced block, which may stand in a list, or code in a line, which may go on in the next.
CODE = re.compile(r"^( *)```\n(?P<block>.+?)^\1```$|`(?P<inline>[^`]+)`", re.DOTALL | re.MULTILINE)
# In a block a command's lines are joined where they go on.
IN_BLOCK = re.compile(r"^ *((?:\w+=\$\()?(?:aws|sam|make)\b(?:[^\\\n]|\\\n|\\.)*)", re.MULTILINE)
INLINE = re.compile(r"(?:\w+=\S+ )*(?:make\b|(?:aws|sam|git|\.venv/bin/python) ).*")
FOR_AWS = re.compile(r"(?:\w+=\S+ )*(?:\w+=\$\()?(?:aws|sam)\b")
# What a verb takes stands beside it.
ROW = re.compile(r"^\| `(make [a-z-]+)` \|(.*)$", re.MULTILINE)
VARIABLES = re.compile(r"`((?:[A-Z_]+=[^\s`]+ ?)+)`")


def commands() -> list[str]:
    """Every command, on one line, where it is met first."""
    found = [command for text in DOCUMENTS.values() for command in [*_shown(text), *_with_variables(text)]]
    # `sam list stack-outputs` in a sentence is the name of one that stands in full elsewhere.
    names = {each for each in found if not each.startswith("make") and any(f"{each} " in other for other in found)}
    return [command for command in dict.fromkeys(found) if command not in names]


def is_for_aws(command: str) -> bool:
    """Whether tests/stack/test_operations_docs.py has it; the others are tests/unit/test_verbs.py's."""
    return FOR_AWS.match(command) is not None


def blocks() -> list[str]:
    """Every fenced block."""
    return [code["block"] for text in DOCUMENTS.values() for code in CODE.finditer(text) if code["block"]]


def inline() -> list[str]:
    """Whatever else is code."""
    return [_joined(code["inline"]) for text in DOCUMENTS.values() for code in CODE.finditer(text) if code["inline"]]


def _shown(text: str) -> Iterator[str]:
    for code in CODE.finditer(text):
        if code["block"]:
            yield from (re.sub(r"\s*\\\n\s*", " ", command) for command in IN_BLOCK.findall(code["block"]))
        elif INLINE.fullmatch(command := _joined(code["inline"])):
            yield command


def _with_variables(text: str) -> Iterator[str]:
    for verb, row in ROW.findall(text):
        if variables := VARIABLES.findall(row):
            yield " ".join([verb, *variables])


def _joined(code: str) -> str:
    return " ".join(code.split())
