"""Every peer really does our jobs: it answers the same page, puts the same item, and lists the same enquiries."""

import json
from collections.abc import Callable
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from shared.lead import Enquiry
from tests.bench.cloud import Cloud
from tests.bench.conftest import Answers
from tests.bench.contestants import PEER_TITLES
from tests.bench.jobs import CONTENT, listed, page_of

# What was entered, and by what it is known. When it was may differ, and the digest, for which each library writes the
# fields in its own way; and only ours writes down a promise and what is to be done.
SAME = {"pk", "sk", "id", "reference", "article_revision", "consent_id", "phone_as_written"}
SAME |= {field.name for field in fields(Enquiry)}


def stored(cloud: Cloud) -> list[dict[str, Any]]:
    """The items that were stored, as far as they must be the same."""
    return [{name: value for name, value in item.items() if name in SAME} for item in cloud.items.values()]


@pytest.mark.parametrize("peer", PEER_TITLES)
def test_it_answers_the_same_page(peer: str, answers_of: Callable[[str], Answers], site: Path) -> None:
    # given the page as compiled
    (event,) = islice(CONTENT.events(), 1)
    index = json.loads((site / "compiled/site/index.json").read_bytes())
    row = index["rows"][index["paths"][event["rawPath"]]]

    # then a peer's is the same, compressed, under the same tag and the same policy
    for answer in answers_of(f"{peer}-content-ours"):
        headers = {header.lower(): value for header, value in answer["headers"].items()}
        assert page_of(answer) == (site / "compiled/site/bodies" / row["body"]).read_bytes()
        assert headers["etag"].strip('"') == row["headers"]["etag"].strip('"')
        assert headers["content-language"] == row["headers"]["content-language"]
        assert headers["vary"].lower() == "accept-encoding"
        assert "content-security-policy" in headers


@pytest.mark.parametrize("other", [*(f"{peer}-leads-ours" for peer in PEER_TITLES), "leads-again"])
def test_it_puts_the_same_items(other: str, answers_of: Callable[[str], Answers], cloud: Cloud) -> None:
    # given what our own function stores
    answers_of("leads")
    ours = stored(cloud)
    assert len(ours) == 2

    # then a peer and another checkout's function store the same
    answers_of(other)
    assert stored(cloud) == ours


def test_it_lists_the_same_enquiries_in_the_same_order(answers_of: Callable[[str], Answers]) -> None:
    # given our own list
    ours, *_ = map(listed, answers_of("inbox"))
    assert ours != sorted(ours)

    # then a peer's has the same
    for answer in answers_of("fastapi-inbox-ours"):
        assert listed(answer) == ours


def test_the_canary_sees_that_the_chain_was_proven_and_rests(
    answers_of: Callable[[str], Answers], cloud: Cloud
) -> None:
    assert answers_of("canary") == [{}, {}]
    assert cloud.calls["Query"] == 2
    assert cloud.items == {}
