"""From runs to figures: medians, their spread, and ratios that are taken round by round."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import NamedTuple

from tests.bench.environment import Run
from tests.bench.packages import FLOOR
from tests.bench.tournament import Round


class Spread(NamedTuple):
    """The middle of some values, and the quarters' limits below and above it."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """One contestant's, over all rounds. The ratios are to the floor's runs of the same round.

    Attributes:
        own_cpu_us: What a warm invocation's processor time exceeds the floor's by.
    """

    name: str
    cold_ms: Spread
    cold_ratio: Spread
    warm_us: Spread
    warm_ratio: Spread
    cpu_us: Spread
    own_cpu_us: Spread
    peak_rss_bytes: int


def spread(values: Iterable[float]) -> Spread:
    """The median and the interquartile range of one or more values."""
    ordered = sorted(values)
    if len(ordered) == 1:
        return Spread(ordered[0], ordered[0], ordered[0])
    low, middle, high = quantiles(ordered, n=4, method="inclusive")
    return Spread(middle, low, high)


def figures(name: str, rounds: Sequence[Round]) -> Figures:
    """The figures of the contestant called `name`."""
    runs = _runs(name, rounds)
    return Figures(
        name=name,
        cold_ms=spread(run.cold_ms for run in runs),
        cold_ratio=spread(_ratios(name, rounds, _cold)),
        warm_us=spread(map(_warm, runs)),
        warm_ratio=spread(_ratios(name, rounds, _warm)),
        cpu_us=spread(map(_cpu, runs)),
        own_cpu_us=spread(_cpu(run) - _floor(each, _cpu) for each in rounds for run in _runs(name, [each])),
        peak_rss_bytes=int(median(run.peak_rss_bytes for run in runs)),
    )


def times_as_long(name: str, than: str, rounds: Sequence[Round]) -> Spread:
    """How many times as long one contestant's cold start takes as another's."""
    return spread(_cold(each.runs[name]) / _cold(each.runs[than]) for each in rounds)


def more_cpu_us(name: str, than: str, rounds: Sequence[Round]) -> Spread:
    """How much more processor time one contestant's warm invocation takes than another's."""
    return spread(_cpu(each.runs[name]) - _cpu(each.runs[than]) for each in rounds)


def _runs(name: str, rounds: Sequence[Round]) -> list[Run]:
    return [run for each in rounds for run in (each.floor if name == FLOOR else (each.runs[name],))]


def _ratios(name: str, rounds: Sequence[Round], value: Callable[[Run], float]) -> list[float]:
    # The floor's median within the round, because one run of something so short says little.
    return [value(run) / _floor(each, value) for each in rounds for run in _runs(name, [each])]


def _floor(each: Round, value: Callable[[Run], float]) -> float:
    return median(map(value, each.floor))


def _cold(run: Run) -> float:
    return run.cold_ms


def _warm(run: Run) -> float:
    return median(run.warm_us)


def _cpu(run: Run) -> float:
    return median(run.cpu_us)
