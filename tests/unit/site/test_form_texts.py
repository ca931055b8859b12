"""What scripts are given to say, in the page's language."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from functions.leads.codes import FieldCode
from functions.leads.sentences import FOUND_BY_SCRIPT
from infra.site.outputs.compiled_form import form_fields
from tests.sample import Sample
from tests.unit.site.test_pages import landing

SCRIPTS = [Path("functions/content/assets", name) for name in ("form.js", "enquiry.js", "promise.js")]


@pytest.fixture
def texts(compiled: Sample) -> Any:
    address = landing(compiled, "es").one("script", id="words")["src"]
    script = compiled.get(address).body.decode()
    return json.loads(script.removeprefix("document.currentScript.texts = ").rstrip(";\n"))


def test_every_text_that_the_script_reads_is_there(texts: dict[str, Any]) -> None:
    read = {name for path in SCRIPTS for name in re.findall(r"\btexts\??\.(\w+)", path.read_text(encoding="utf-8"))}

    assert read == set(texts)


def test_no_module_waits_for_anything_at_its_top() -> None:
    # In WebKit a second module that imports one that waits is run too early: bug 242740.
    for path in Path("functions/content/assets").glob("*.js"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"^(?!async )\S.*\bawait\b", code, re.MULTILINE) == [], path


def test_what_is_said_about_a_field_is_what_the_server_says(texts: dict[str, Any]) -> None:
    assert texts["errors"]["name required"] == "[es] Enter your name."
    assert texts["errors"]["not_a_phone_number"].endswith("such as \u2066(201)\u00a0555\u20110123\u2069.")


def test_the_sentences_are_those_for_what_the_script_can_find() -> None:
    script = Path("functions/content/assets/enquiry.js").read_text(encoding="utf-8")

    assert {code for code in FieldCode if f"'{code}'" in script} == FOUND_BY_SCRIPT


def test_every_sentence_is_in_the_pages_language(texts: dict[str, Any]) -> None:
    said = {name: text for name, text in texts.items() if isinstance(text, str) and not name.startswith("phone")}
    sentences = [*texts["errors"].values(), *said.values()]

    assert sentences
    assert [each for each in sentences if not each.startswith("[es] ")] == []


def test_the_number_to_call_is_the_practices(texts: dict[str, Any]) -> None:
    assert (texts["phone"], texts["phone_uri"]) == ("(602)\u00a0555\u20110187", "tel:+16025550187")


def test_the_limits_are_the_servers(texts: dict[str, Any]) -> None:
    assert texts["fields"] == form_fields()
    assert texts["fields"]["message"] == {"clean": "lines", "limit": 1000}
    assert texts["digits"] == 10
    assert texts["zero"] is False
