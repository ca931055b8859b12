"""docs/api.md is true: its requests are sent, and its answers are what comes back."""

import json
import re
from pathlib import Path
from typing import Any

from functions.leads.codes import FieldCode, RequestCode
from functions.leads.form import Form
from infra.local.stack import LocalStack
from shared.campaign import SOURCE_TAGS
from tests.stack.asking import ask

DOCUMENT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXCHANGES = re.findall(r"```http\n(.+?)```\s+```http\n(.+?)```", DOCUMENT, re.DOTALL)


def is_like(documented: Any, actual: Any) -> bool:
    """Whether `actual` has what is documented; objects may have more, and `…` stands for any text."""
    if isinstance(documented, dict):
        return isinstance(actual, dict) and all(is_like(value, actual.get(name)) for name, value in documented.items())
    if isinstance(documented, list):
        return len(documented) == len(actual) and all(map(is_like, documented, actual))
    if isinstance(documented, str) and "…" in documented:
        return bool(re.fullmatch(".*".join(map(re.escape, documented.split("…"))), str(actual), re.DOTALL))
    return bool(documented == actual)


def parse(block: str) -> tuple[str, dict[str, str], str]:
    head, _, body = block.partition("\n\n")
    first, *headers = head.strip().splitlines()
    return first, dict(line.split(": ", 1) for line in headers), body.strip()


def test_every_documented_exchange_happens_as_documented(running: LocalStack) -> None:
    assert len(EXCHANGES) * 2 == DOCUMENT.count("```http\n")
    for request, response in EXCHANGES:
        line, headers, body = parse(request)
        method, path = line.split()
        names = {name.replace("-", "_"): value for name, value in headers.items()}

        answer = ask(running, method, path, body.encode() or None, **names)

        status, expected, document = parse(response)
        assert answer.status == int(status), request
        for name, value in expected.items():
            assert is_like(value, answer.headers[name]), (request, name)
        assert not document or is_like(json.loads(document), answer.json), request


def test_every_field_and_code_is_documented() -> None:
    for word in [*Form.model_fields, *SOURCE_TAGS, *FieldCode, *RequestCode]:
        assert f"`{word}`" in DOCUMENT, word
