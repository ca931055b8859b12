from dataclasses import replace

import pytest

from tests.bench.environment import Run
from tests.bench.figures import figures, spread, times_as_long
from tests.bench.tournament import Round


def a_run(cold_ms: float, *warm_us: float) -> Run:
    return Run(
        ready_ms=cold_ms,
        cold_ms=cold_ms,
        cold_cpu_ms=cold_ms,
        warm_us=warm_us or (100.0,),
        cpu_us=(50.0,),
        peak_rss_bytes=1000,
    )


def a_round(floor: tuple[Run, ...] = (a_run(10),), **runs: Run) -> Round:
    return Round(runs, floor)


def test_a_spread_is_the_median_between_the_quarters() -> None:
    assert spread([5, 1, 4, 2, 3]) == (3, 2, 4)


def test_of_one_value_the_spread_is_that_value() -> None:
    assert spread([7]) == (7, 7, 7)


def test_a_ratio_is_taken_within_its_round() -> None:
    # given a machine that is half as fast in the second round
    rounds = [a_round((a_run(10),), leads=a_run(50)), a_round((a_run(20),), leads=a_run(100))]

    # then the ratio is not that of the medians, which would be the same here by chance of even numbers only
    assert figures("leads", rounds).cold_ratio == (5, 5, 5)
    assert figures("leads", rounds).cold_ms == (75, 62.5, 87.5)


def test_the_floor_of_a_round_is_its_median_floor() -> None:
    hiccup = a_run(1000)

    assert figures("leads", [a_round((a_run(10), hiccup, a_run(10)), leads=a_run(50))]).cold_ratio.median == 5


def test_warm_is_the_median_of_each_process() -> None:
    floor = (a_run(10, 200, 200, 900),)
    found = figures("content", [a_round(floor, content=a_run(20, 300, 260, 260))])

    assert found.warm_us.median == 260
    assert found.warm_ratio.median == 1.3


def test_what_exceeds_the_floors_processor_time_is_its_own() -> None:
    busy, floor = replace(a_run(20), cpu_us=(900.0, 450.0, 400.0)), replace(a_run(10), cpu_us=(100.0,))

    found = figures("leads", [a_round((floor,), leads=busy)])

    assert (found.cpu_us.median, found.own_cpu_us.median) == (450, 350)


def test_the_floor_has_figures_of_all_its_runs() -> None:
    found = figures("floor", [a_round((a_run(10), a_run(12))), a_round((a_run(14),))])

    assert found.cold_ms.median == 12
    assert found.cold_ratio.median == pytest.approx(1, abs=0.1)


def test_two_contestants_are_compared_round_by_round() -> None:
    rounds = [
        a_round(content=a_run(20), peer=a_run(400)),
        a_round(content=a_run(40), peer=a_run(880)),
        a_round(content=a_run(20), peer=a_run(480)),
    ]

    assert times_as_long("peer", "content", rounds) == (22, 21, 23)
