from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.bench import bill, growth, scale
from tests.bench.contestants import contestants
from tests.bench.environment import Run
from tests.bench.figures import Figures, Spread, figures, spread
from tests.bench.growth import Costs
from tests.bench.meter import Units
from tests.bench.report import Results, as_page

STEPS = (growth.SUBMIT, growth.FILING, growth.ALERT, growth.SEND, growth.DELIVERY, growth.REMINDER, growth.OUTCOME)
LOOKS = (growth.NOTIFY_LOOK, growth.FOLLOWUP_LOOK)
UNITS = dict.fromkeys(STEPS, Units(writes=3, reads=1, due_entries=1)) | dict.fromkeys(LOOKS, Units(0, 1, 0))
COSTS = Costs(stored=1000, units=UNITS, lead_bytes=1000)
TODAY = date(2026, 11, 23)


def a_run(cold_ms: float) -> Run:
    cpu = {"cold_cpu_ms": cold_ms / 2, "warm_cpu_ms": cold_ms / 100}
    return Run(cold_ms=cold_ms, warm_ms=25, peak_bytes=2**24, calls=3, **cpu)


# A machine that is half as fast in the second round, and hiccups once.
ROUNDS = [
    {"floor": [a_run(10), a_run(10), a_run(500)], "leads": [a_run(50)], "fastapi-leads-sam": [a_run(600)]},
    {"floor": [a_run(20), a_run(20)], "leads": [a_run(100)], "fastapi-leads-sam": [a_run(1300)]},
]


@pytest.fixture
def measured() -> Mapping[str, Figures]:
    return dict.fromkeys(
        ("content", "leads", "notify", "inbox", "delivery", "followup", "canary"), figures("leads", ROUNDS, 0)
    )


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
    landing = bill.landing_page(site)
    few, many, behind = (
        bill.month(readers, landing, measured, COSTS, cdn=cdn)
        for readers, cdn in ((100_000, False), (10_000_000, False), (10_000_000, True))
    )

    # the page with its style, its script and its pictures; for each enquiry the page of thanks, twice the form, and the
    # inbox three times
    assert landing.requests >= 4
    assert few["API Gateway"] == pytest.approx((100_000 * landing.requests + 500 * 6) * 1e-6)
    assert many["API Gateway"] == pytest.approx(100 * few["API Gateway"])
    assert many["alarms and metrics"] == few["alarms and metrics"]
    assert sum(behind.values()) < sum(many.values())


def test_the_functions_of_every_minute_and_the_secrets_cost_the_same_for_everybody(
    site: Path, measured: Mapping[str, Figures]
) -> None:
    idle = bill.month(0, bill.landing_page(site), measured, COSTS, cdn=False)

    # two secrets; 43,200 minutes with two looks of one unit each; and a queue that is asked fifteen times a minute
    assert idle["secrets"] == pytest.approx(0.80)
    assert idle["DynamoDB"] == pytest.approx((43_200 * 2 + 30 * 0.5) * 0.125e-6)
    assert idle["events and their queue"] == pytest.approx(43_200 * 15 * 0.4e-6)
    assert idle["traces"] == pytest.approx(2 * 43_200 * 5e-6)


def test_the_canary_costs_the_same_for_everybody_and_a_cent_or_two(site: Path, measured: Mapping[str, Figures]) -> None:
    idle, busy = (
        bill.month(readers, bill.landing_page(site), measured, COSTS, cdn=False)[bill.CANARY]
        for readers in (0, 1_000_000)
    )

    # at least 30 mails, 60 requests, and 20 seconds of half a GB each day
    assert 30 * 0.16e-3 + 60e-6 + 30 * 20 * 0.5 * 13.3334e-6 < idle < 0.03
    assert idle == busy
    # its own alarms are that it is silent, and that nobody took the sign of life
    assert bill.alarms_of("canary") == pytest.approx(2 * 0.10 + 2 * 0.30)


def test_what_may_be_left_out_is_taken_off_the_whole_bill(site: Path, measured: Mapping[str, Figures]) -> None:
    page = scale.as_page(measured, site, TODAY)

    rows = [[cell.strip(" *") for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")]
    *_, (_, *everything) = (row for row in rows if row[0] == "everything on, with CloudFront")
    (cheapest,) = (row[1:] for row in rows if row[0] == "the cheapest that is safe")
    left_out = [row[1:] for row in rows if row[0].startswith("less ")]
    for whole, left, *less in zip(everything, cheapest, *left_out, strict=True):
        assert float(whole) - sum(map(float, less)) == pytest.approx(float(left), abs=0.02)
        assert 0 < float(left) < float(whole)


def test_what_a_small_practice_pays_are_secrets_and_alarms_and_metrics_beyond_ten(
    site: Path, measured: Mapping[str, Figures]
) -> None:
    # ten of each are free: https://aws.amazon.com/cloudwatch/pricing/
    idle = bill.month(0, bill.landing_page(site), measured, COSTS, cdn=False)

    beyond = (bill.alarms() - 10) * 0.10 + max(0, bill.metrics() - 10) * 0.30
    assert bill.after_allowances(idle) == pytest.approx(0.80 + idle["DynamoDB"] + idle[bill.CANARY] + beyond)


def test_what_a_lead_costs_does_not_grow_with_what_is_stored(site: Path, measured: Mapping[str, Figures]) -> None:
    page = scale.as_page(measured, site, TODAY)

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    units = {row[0]: row[1:] for row in rows if row and row[0] in (*LOOKS, *STEPS, growth.SECOND_CHANNEL)}
    assert len(units) == len(LOOKS) + len(STEPS) + 1
    for few_writes, few_reads, many_writes, many_reads in units.values():
        assert (few_writes, few_reads) == (many_writes, many_reads)
    # one item of a kB, and an entry in each index
    assert units[growth.SUBMIT][0] == "3"
    assert "$" not in page
