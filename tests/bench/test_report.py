import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.bench import picture, report
from tests.bench.contestants import Contestant
from tests.bench.environment import Run
from tests.bench.figures import Spread
from tests.bench.packages import Unpacked
from tests.bench.report import Results
from tests.bench.tournament import Round


def a_run(cold_ms: float) -> Run:
    return Run(
        ready_ms=cold_ms, cold_ms=cold_ms, cold_cpu_ms=cold_ms, warm_us=(400.0,), cpu_us=(300.0,), peak_rss_bytes=2**24
    )


@pytest.fixture
def results(everyone: dict[str, Contestant], tmp_path: Path) -> Results:
    names = ("floor", "content", "fastapi-content-sam", "fastapi-content-ours", "leads")
    runs = {
        "content": a_run(80),
        "fastapi-content-sam": a_run(960),
        "fastapi-content-ours": a_run(400),
        "leads": a_run(200),
    }
    chosen = [everyone[name] for name in names]
    packages = {each.package: Unpacked(tmp_path, 1_500_000) for each in chosen}
    return Results(chosen, packages, Unpacked(tmp_path, 0), [Round(runs, (a_run(40), a_run(40)))], warm=1)


def test_the_results_are_one_object_for_each(results: Results) -> None:
    rows = {row["name"]: row for row in json.loads(report.as_json(results))}

    assert list(rows) == ["floor", "content", "fastapi-content-sam", "fastapi-content-ours", "leads"]
    assert rows["content"] == {
        "name": "content",
        "cold_ms": 80,
        "cold_ratio_to_floor": 2,
        "warm_us": 400,
        "warm_ratio_to_floor": 1,
        "cpu_us": 300,
        "own_cpu_us": 0,
        "zip_bytes": 1_500_000,
        "peak_rss_bytes": 2**24,
    }


def test_the_page_compares_each_packaging_of_a_peer_with_ours(results: Results) -> None:
    page = report.as_page(results, date(2026, 11, 23))

    assert "| FastAPI, Mangum | 12.00 (12.00-12.00) | 5.00 (5.00-5.00) |" in page
    assert "2026-11-23" in page
    assert "$" not in page


def test_what_leads_takes_beyond_its_call_is_said(results: Results, everyone: dict[str, Contestant]) -> None:
    (only,) = results.rounds
    bare = replace(a_run(160), cpu_us=(120.0,))
    results = replace(
        results,
        contestants=[*results.contestants, everyone["put"]],
        packages={**results.packages, "put": results.packages["floor"]},
        rounds=[replace(only, runs={**only.runs, "put": bare})],
    )

    assert "takes 0.18 ms (0.18-0.18) of processor time" in report.as_text(results)


def test_the_terminal_gets_the_same_rows(results: Results) -> None:
    text = report.as_text(results)

    assert "FastAPI, Mangum, as SAM packages it" in text
    assert "960 ms  24.00 (24.00-24.00)" in text


def test_the_picture_has_a_bar_for_each_in_proportion() -> None:
    bars = [picture.Bar("Needlepoint", "ours", Spread(2, 2, 2)), picture.Bar("A < B", "sam", Spread(24, 23, 25))]

    drawn = ET.fromstring(picture.draw([("content", bars)]))  # noqa: S314 - our own

    ours, theirs = (float(bar.attrib["width"]) for bar in drawn.iterfind("{*}rect[@rx]"))
    assert theirs / ours == pytest.approx(12, rel=0.01)
