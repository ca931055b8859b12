import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.bench import cost, scale
from tests.bench.growth import Costs

COSTS = Costs(stored=1000, submit_writes=2, alert_writes=5, sweep_reads=0.5, looked_at=3, scan_reads=100)
RESULTS: list[dict[str, Any]] = [
    {"name": "content", "warm_us": 350.0, "cold_ms": 45.0},
    {"name": "leads", "warm_us": 7_500.0, "cold_ms": 230.0},
    {"name": "notify", "warm_us": 23_000.0, "cold_ms": 230.0},
]


@pytest.fixture
def landing(site: Path) -> cost.Page:
    return cost.page(site / "compiled" / "site")


def bill(landing: cost.Page, readers: int, *, cdn: bool = False) -> dict[str, float]:
    by_name = {each["name"]: each for each in RESULTS}
    return {line.what: line.usd for line in cost.month(readers, landing, by_name, COSTS, 1000, cdn=cdn)}


def test_a_first_view_fetches_the_page_its_style_its_script_and_its_pictures(landing: cost.Page) -> None:
    assert landing.requests == 7
    assert 20_000 < landing.bytes < 60_000


def test_what_is_charged_by_the_request_is_in_proportion(landing: cost.Page) -> None:
    few, many = bill(landing, 100_000), bill(landing, 10_000_000)

    assert many["API Gateway"] == pytest.approx(100 * few["API Gateway"])
    # 7 requests for each reader; for each enquiry the page of thanks, and two requests for the form
    assert few["API Gateway"] == pytest.approx((100_000 * 7 + 500 * 3) * 1e-6)
    assert many["SES"] == pytest.approx(50_000 * 0.16e-3)


def test_what_is_there_whoever_comes_costs_the_same(landing: cost.Page) -> None:
    assert bill(landing, 1_000)["alarms and metrics"] == bill(landing, 10_000_000)["alarms and metrics"]


def test_every_alarm_and_every_metric_is_on_the_bill_and_one_stage_has_them_for_nothing(landing: cost.Page) -> None:
    # what our functions count, and what SES makes of a bounce, a complaint and a refusal
    assert bill(landing, 1_000)["alarms and metrics"] == pytest.approx(0.10 * cost.alarms() + 0.30 * (3 + 3))
    # ten of each are free: https://aws.amazon.com/cloudwatch/pricing/
    assert cost.alarms() <= 10
    assert cost.metrics() <= 10


def test_a_quiet_practice_pays_for_init_phases(landing: cost.Page) -> None:
    quiet, busy = (bill(landing, readers)["Lambda: pages"] / readers for readers in (1_000, 10_000_000))

    assert quiet > 2 * busy


def test_with_cloudfront_the_functions_are_asked_less(landing: cost.Page) -> None:
    for readers in (100_000, 10_000_000):
        without, behind = bill(landing, readers), bill(landing, readers, cdn=True)

        # once for each reader at most, and for the form twice and once more for the page of thanks
        assert behind["API Gateway"] <= (readers + 3 * readers * 0.005) * 1e-6 + 1e-9
        assert sum(behind.values()) < sum(without.values())


def test_every_price_has_its_source_and_its_date() -> None:
    for name, price in cost.prices().items():
        assert price["source"].startswith("https://aws.amazon.com/"), name
        assert re.fullmatch(r"20\d\d-\d\d", price["seen"]), name


def test_the_page_has_every_size_and_no_gap(site: Path) -> None:
    page = scale.as_page(RESULTS, site / "compiled" / "site", date(2026, 11, 25))

    assert "$" not in page
    for size in ("1,000 ", "100,000 ", "1,000,000 ", "10,000,000 "):
        assert f"| {size}" in page
