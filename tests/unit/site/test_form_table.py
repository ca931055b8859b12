"""The table of fields in docs/api.md is the form's.

python -m tests.unit.site.test_form_table    write it anew
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.leads.form import Form
from infra.site.outputs.compiled_form import choices, limits

DOCUMENT = Path(__file__).parents[3] / "docs/api.md"
TABLE = re.compile(r"(?<=\| field \| \| \|\n\|---\|---\|---\|\n)(\|.*\n)+")


def rows() -> Iterator[str]:
    for name, field in Form.model_fields.items():
        required = " required " if field.is_required() else " "
        yield f"| `{name}` |{required}| {'; '.join(said(name, field))} |\n"


def said(name: str, field: Any) -> Iterator[str]:
    if name in choices():
        yield ", ".join(f"`{each}`" for each in choices()[name])
    if name in limits():
        yield f"at most {limits()[name]} characters"
    if field.description:
        yield field.description


def test_the_table_says_what_the_form_takes() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert TABLE.sub(lambda _: "".join(rows()), text) == text, "run python -m tests.unit.site.test_form_table"
    assert text.count("| `message` |") == 1


if __name__ == "__main__":
    DOCUMENT.write_text(TABLE.sub(lambda _: "".join(rows()), DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
