"""The table of representations, as the build makes it."""

import gzip
from pathlib import Path

import brotli
import pytest

from infra.site.table import Table
from shared.http import HTML

HEADERS = {"content-type": HTML, "content-language": "en"}
BODY = b"<!doctype html><title>x</title>" + b"dry needling " * 200


def test_a_body_is_there_in_each_coding(tmp_path: Path) -> None:
    made = Table()
    row = made.rows[made.add(BODY, HEADERS)]

    made.write(tmp_path, {})

    written = {coding: (tmp_path / "bodies" / f"{row['body']}.{coding}").read_bytes() for coding in row["codings"]}
    assert list(written) == ["br", "gzip"]
    assert brotli.decompress(written["br"]) == gzip.decompress(written["gzip"]) == BODY
    assert len(written["br"]) < len(written["gzip"])


def test_without_brotli_where_gzip_is_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brotli, "compress", lambda body, **_: body)
    made = Table()

    row = made.rows[made.add(BODY + b".", HEADERS)]

    assert row["codings"] == ["gzip"]


@pytest.mark.parametrize(("body", "fixed"), [(BODY, False), (b"short", True)], ids=["changing", "short"])
def test_what_changes_or_is_short_is_not_compressed_ahead(body: bytes, fixed: bool) -> None:
    made = Table()

    row = made.rows[made.add(body, HEADERS, fixed=fixed)]

    assert "codings" not in row
    assert list(made.bodies) == [row["body"]]
