"""What the form does to visitors is counted by log lines alone, and none of them tells one visitor from another."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from functions.content import app as content
from tests.conftest import ROOT
from tests.insights import ask, lines_of
from tests.integration.chain import Chain
from tests.integration.conftest import Stack
from tests.integration.test_leads import ENQUIRY, FORM, _environment, send, send_form
from tests.integration.test_other_origins import SITE, allow
from tests.world import World

__all__ = ["_environment"]
ARTICLE = ENQUIRY["article"]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    """Gives the log lines that were written since it was last asked, without what Lambda's logger adds to each."""

    def read() -> list[dict[str, Any]]:
        added = {"level", "location", "timestamp", "service", "request_id"}
        written = lines_of(capsys.readouterr().out)
        return [{name: value for name, value in line.items() if name not in added} for line in written]

    return read


def test_a_form_that_is_begun_is_counted_by_its_page(stack: Stack, lines: Any) -> None:
    stack.request("OPTIONS", b"", {}, query=f"article={ARTICLE}&locale=ar")
    stack.request("OPTIONS", b"", {})  # a program, or a page of the release before

    assert lines() == [{"message": "form begun", "article": ARTICLE, "locale": "ar"}]


def test_what_somebody_wrote_in_the_place_of_a_page_is_not_logged(stack: Stack, lines: Any) -> None:
    stack.request("OPTIONS", b"", {}, query="article=Ana+Ruiz&locale=602-555-0100")
    assert lines() == []

    send(stack, {**ENQUIRY, "article": "Ana Ruiz", "locale": ["es"], "Ana Ruiz": "x"})

    (line,) = lines()
    assert "Ana" not in str(line)
    assert line["faults"] == "locale wrong_type, article not_a_choice, unknown_field"


def test_an_enquiry_is_counted_once_with_its_page_and_whether_it_is_kept_back(stack: Stack, lines: Any) -> None:
    for _ in range(2):
        send(stack, idempotency_key="k-1")
    send(stack, {**ENQUIRY, "aside": "x", "locale": "en"})

    about = {"message": "enquiry stored", "article": ARTICLE}
    assert lines() == [about | {"locale": "es", "kept_back": False}, about | {"locale": "en", "kept_back": True}]


def test_a_preflight_is_no_form_that_is_begun_and_what_another_site_sends_is_told_apart(
    stack: Stack, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, SITE)
    preflight = {"Origin": SITE, "Access-Control-Request-Method": "POST"}

    stack.request("OPTIONS", b"", preflight, query=f"article={ARTICLE}&locale=ar")
    assert lines() == []

    for origin, body in ((SITE, ENQUIRY), ("https://www.example.com", ENQUIRY), (SITE, {}), ("https://evil.test", {})):
        stack.post(json.dumps(body).encode(), {"Content-Type": "application/json", "Origin": origin})
    assert [line.get("origin") for line in lines()] == [SITE, SITE, None]


def test_what_is_refused_is_counted_by_its_code_and_its_fields(stack: Stack, lines: Any) -> None:
    send_form(stack, name="", phone="12")
    stack.post(b"\xff", FORM)

    refused, unreadable = lines()
    page = {"article": ARTICLE, "locale": "es"}
    faults = "name required, phone not_a_phone_number"
    assert refused == {"message": "enquiry not accepted", "code": "invalid_fields", **page, "faults": faults}
    assert unreadable == {"message": "enquiry not accepted", "code": "body_not_utf8"}


def asked(path: str, method: str = "GET") -> int:
    """The status of a page."""
    event = {"rawPath": path, "headers": {}, "requestContext": {"http": {"method": method, "path": path}}}
    return int(content.lambda_handler(event, None)["statusCode"])


def test_a_thank_you_page_is_counted_by_its_language_alone(stack: Stack, lines: Any) -> None:
    page = "/es/thank-you/BCDF-2345"

    assert [asked(page), asked(page, "HEAD"), asked("/es/thank-you/no")] == [200, 200, 404]
    assert lines() == [{"message": "thank-you seen", "locale": "es"}]


def test_the_query_in_the_documentation_counts_these_lines(
    stack: Stack, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = Chain(World(stack, monkeypatch), monkeypatch)
    allow(monkeypatch, SITE)
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    [(query, listed)] = re.findall(r"^(filter message in (\[.*\])\n(?:\|.*\n)+)", text, re.MULTILINE)

    stack.request("OPTIONS", b"", {}, query=f"article={ARTICLE}&locale=ar")
    send(stack)
    send(stack, {})
    stack.post(b"{}", {"Content-Type": "application/json", "Origin": SITE})
    asked("/es/thank-you/BCDF-2345")
    chain.prove()

    written = [line for line in lines() if line.get("message") in json.loads(listed)]
    assert {line["message"] for line in written} == set(json.loads(listed))
    # The canary's own line names the page of the enquiry that it is about.
    *_, stored, canarys = written
    assert [stored["message"], canarys["message"]] == ["enquiry stored", "canary stored"]
    assert all(stored[name] == canarys[name] for name in ("article", "locale"))
    rows, counted = ask(query, written), Counter[tuple[Any, ...]]()
    for row in rows:
        counted[row["line"], row["article"], row["locale"]] += row["times"]
    # One was the canary's, of a page of its own language, and is taken off.
    assert counted["enquiry stored", ARTICLE, "es"] == 1
    assert counted["enquiry stored", stored["article"], stored["locale"]] == 0
    assert counted.total() == len(written) - 2
    assert {row["code"] for row in rows if row["line"] == "enquiry not accepted"} == {"invalid_fields"}
    assert all(row["faults"] for row in rows if row["code"])
