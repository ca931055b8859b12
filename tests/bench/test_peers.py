"""Every peer really does our jobs: it answers the same page, and puts the same item."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.bench.contestants import PEER_TITLES, Contestant
from tests.bench.environment import Laboratory, observe
from tests.bench.jobs import CONTENT, LEADS, page_of
from tests.bench.packages import Packaging, build_function, build_peer

# When it was is the only difference that there may be.
OF_ITS_TIME = {"stored_at", "expires_at"}


@pytest.fixture(scope="session", params=PEER_TITLES)
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: Path) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp(request.param) / "package"
    build_peer(request.param, Packaging.OURS, folder, site)
    return request.param, folder


@pytest.fixture(scope="session")
def our_items(
    tmp_path_factory: pytest.TempPathFactory, everyone: dict[str, Contestant], laboratory: Laboratory
) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("leads")
    build_function("LeadsFunction", folder)
    observe(everyone["leads"], folder, laboratory, 1)
    return timeless(laboratory)


def timeless(laboratory: Laboratory) -> list[dict[str, Any]]:
    """The items stored, without what depends on when."""
    items = laboratory.cloud.seen()["items"]
    return [{name: value for name, value in item.items() if name not in OF_ITS_TIME} for item in items]


def test_it_answers_the_same_page(
    peer: tuple[str, Path], everyone: dict[str, Contestant], laboratory: Laboratory, site: Path
) -> None:
    # given the page as compiled
    name, package = peer
    (event,) = islice(CONTENT.events(), 1)
    index = json.loads((site / "compiled/site/index.json").read_bytes())
    row = index["rows"][index["paths"][event["rawPath"]]]

    # when the peer is asked for it
    answers = observe(everyone[f"{name}-content-ours"], package, laboratory, 1).answers

    # then it is the same, compressed, under the same tag and the same policy
    for answer in answers:
        headers = {header.lower(): value for header, value in answer["headers"].items()}
        assert page_of(answer) == (site / "compiled/site/bodies" / row["body"]).read_bytes()
        assert headers["etag"].strip('"') == row["headers"]["etag"].strip('"')
        assert headers["content-language"] == row["headers"]["content-language"]
        assert headers["vary"].lower() == "accept-encoding"
        assert "content-security-policy" in headers


def test_it_puts_the_same_items(
    peer: tuple[str, Path],
    everyone: dict[str, Contestant],
    laboratory: Laboratory,
    our_items: list[dict[str, Any]],
) -> None:
    name, package = peer

    observe(everyone[f"{name}-leads-ours"], package, laboratory, 1)

    assert timeless(laboratory) == our_items
    assert len(our_items) == 2
    assert next(LEADS.events())["headers"]["idempotency-key"]
