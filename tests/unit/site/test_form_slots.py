"""The landing page cut at its form's slots, as the leads function fills it in."""

import json
from typing import Any

import pytest

from infra.site.outputs.compiled_form import choices, form_fields
from infra.site.views import audit
from tests.sample import SLUG, Sample

# What no person enters.
UNSEEN = {"locale", "article", "source", "consent_version", "replaces", "aside"}
SEEN = {name: described for name, described in form_fields().items() if name not in UNSEEN}


@pytest.fixture
def document(compiled: Sample) -> Any:
    return json.loads((compiled.out / "compiled" / "forms" / f"{SLUG}.es.json").read_text(encoding="utf-8"))


def test_every_field_can_show_what_was_typed_and_what_is_wrong(document: Any) -> None:
    slots = set(document["pieces"][1::2])

    assert {f"error:{field}" for field in SEEN} <= slots
    assert {f"value:{field}" for field, described in SEEN.items() if "clean" in described} <= slots
    assert {"title_prefix", "summary", "tags:link", "tags:form", "checked:consent:true"} <= slots
    chosen = [tuple(slot.split(":")[1:]) for slot in slots if slot.startswith(("checked:", "selected:"))]
    never = {"preferred_time": {"evening"}}  # the practice closes at six
    for field in SEEN.keys() - {"consent"}:
        offered = set(choices().get(field, ())) - never.get(field, set())
        assert {value for name, value in chosen if name == field and value} == offered, field


def test_the_document_says_which_text_it_shows(document: Any, compiled: Sample) -> None:
    article = json.loads(compiled.get(f"/api/articles/{SLUG}", {"locale": "es"}).body)

    assert document["revision"] == article["revision"]


def test_with_no_slot_filled_it_is_a_sound_page_that_nobody_indexes(document: Any) -> None:
    html = "".join(document["pieces"][::2])

    audit.check(html, "form")
    assert '<meta name="robots" content="noindex">' in html
    assert "\ue000" not in html
    assert '" checked' not in html


def test_with_every_slot_filled_the_errors_lead_to_their_fields(document: Any) -> None:
    fragments = document["fragments"]
    fields = list(SEEN)
    items = "".join(fragments["summary_item"].format(field=field, text="amiss") for field in fields)
    filled = {
        "title_prefix": fragments["title_prefix"],
        "summary": fragments["summary"].format(
            text="Look again", list=fragments["summary_list"].format(items=items + fragments["summary_note"])
        ),
        **{f"error:{field}": fragments["error"].format(field=field, text="amiss") for field in fields},
        **{f"invalid:{field}": fragments["invalid"].format(field=field) for field in fields},
    }

    html = "".join(filled.get(piece, "") if index % 2 else piece for index, piece in enumerate(document["pieces"]))

    audit.check(html, "form")
    assert "<title>[es] Error: " in html
    assert html.count("amiss") == 2 * len(fields)
    assert 'tabindex="-1" autofocus' in html
