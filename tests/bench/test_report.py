from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.bench import scale
from tests.bench.contestants import contestants
from tests.bench.environment import Run
from tests.bench.figures import Figures, Spread, figures, spread
from tests.bench.growth import Costs
from tests.bench.report import Results, as_page

COSTS = Costs(stored=1000, submit_writes=2, alert_writes=5, look_reads=0.5, item_bytes=1000)
TODAY = date(2026, 11, 23)


def a_run(cold_ms: float) -> Run:
    return Run(cold_ms=cold_ms, cold_cpu_ms=cold_ms / 2, warm_ms=25, warm_cpu_ms=cold_ms / 100, peak_bytes=2**24)


# A machine that is half as fast in the second round, and hiccups once.
ROUNDS = [
    {"floor": [a_run(10), a_run(10), a_run(500)], "leads": [a_run(50)], "fastapi-leads-sam": [a_run(600)]},
    {"floor": [a_run(20), a_run(20)], "leads": [a_run(100)], "fastapi-leads-sam": [a_run(1300)]},
]


@pytest.fixture
def measured() -> Mapping[str, Figures]:
    return dict.fromkeys(("content", "leads", "notify"), figures("leads", ROUNDS, 0))


def test_a_spread_is_the_median_between_the_quarters() -> None:
    assert spread([5, 1, 4, 2, 3]) == Spread(3, 2, 4)
    assert spread([7]) == Spread(7, 7, 7)


def test_a_ratio_is_taken_within_its_round_to_the_floors_median() -> None:
    found = figures("leads", ROUNDS, 0)

    assert (found.cold_ratio, found.cold_cpu_ratio) == (Spread(5, 5, 5), Spread(5, 5, 5))
    assert found.cold_ms == Spread(75, 62.5, 87.5)
    # 0.5 - 0.1 ms, and 1.0 - 0.2 ms
    assert found.own_cpu_ms.median == pytest.approx(0.6)


def test_the_page_has_everyones_figures_and_compares_peers_with_ours(tmp_path: Path) -> None:
    # given what a run leaves
    chosen = [each for each in contestants(tmp_path, {}) if each.name in ROUNDS[0]]
    packages = {each.package: tmp_path / each.package for each in chosen}
    for folder in packages.values():
        folder.with_suffix(".zip").write_bytes(b"\0" * 1_500_000)

    page = as_page(Results(chosen, packages, ROUNDS, warm=20), TODAY)

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")]
    (ours,) = (row for row in rows if row[0] == "Needlepoint")
    assert ours[1:3] + ours[7:] == ["75 ms", "5.00 (5.00-5.00)", "16 MB", "1,500 kB"]
    assert ["FastAPI, Mangum", "12.50 (12.25-12.75)", ""] in rows
    assert "$" not in page


def test_the_bill_is_in_proportion_and_cloudfront_makes_it_smaller(site: Path, measured: Mapping[str, Figures]) -> None:
    landing = scale.landing_page(site)
    few, many, behind = (
        scale.month(readers, landing, measured, COSTS, cdn=cdn)
        for readers, cdn in ((100_000, False), (10_000_000, False), (10_000_000, True))
    )

    # the page with its style, its script and its pictures; for each enquiry the page of thanks, and twice the form
    assert landing.requests >= 4
    assert few["API Gateway"] == pytest.approx((100_000 * landing.requests + 500 * 3) * 1e-6)
    assert many["API Gateway"] == pytest.approx(100 * few["API Gateway"])
    assert many["alarms and metrics"] == few["alarms and metrics"]
    assert sum(behind.values()) < sum(many.values())


def test_one_stage_has_its_alarms_and_metrics_for_nothing() -> None:
    # ten of each are free: https://aws.amazon.com/cloudwatch/pricing/
    assert scale.alarms() <= 10
    assert scale.metrics() <= 10


def test_what_a_lead_costs_does_not_grow_with_what_is_stored(site: Path, measured: Mapping[str, Figures]) -> None:
    page = scale.as_page(measured, site, TODAY)

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.split("leads stored")[1].splitlines()]
    few, many = (row for row in rows if row and row[0] in {"100", "1,000"})
    assert few[1:] == many[1:] == ["2", "5", "0.5"]
    assert "$" not in page
