"""Every peer really does our jobs: it answers the same page, and puts the same item."""

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.bench.cloud import Cloud
from tests.bench.conftest import Answers
from tests.bench.contestants import PEER_TITLES
from tests.bench.jobs import CONTENT, page_of

# When it was; the digest, for which each library writes the fields in its own way; and what only ours keep: a number
# whose country was guessed, as it was typed.
MAY_DIFFER = {"stored_at", "expires_at", "fingerprint", "phone_as_typed"}


def stored(cloud: Cloud) -> list[dict[str, Any]]:
    """The items that were stored, as far as they must be the same."""
    return [{name: value for name, value in item.items() if name not in MAY_DIFFER} for item in cloud.items.values()]


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
