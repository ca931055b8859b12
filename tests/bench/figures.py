"""From runs to figures: medians, their spread, and ratios that are taken round by round."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median, quantiles
from typing import NamedTuple

from tests.bench.environment import Run
from tests.bench.packages import FLOOR

# Everyone's runs by name. The floor has several, for it runs before each of the others.
type Round = Mapping[str, Sequence[Run]]

cold: Callable[[Run], float] = attrgetter("cold_ms")
_cold_cpu: Callable[[Run], float] = attrgetter("cold_cpu_ms")
_warm: Callable[[Run], float] = attrgetter("warm_ms")
_warm_cpu: Callable[[Run], float] = attrgetter("warm_cpu_ms")


class Spread(NamedTuple):
    """The middle of some values, and the quarters' limits below and above it."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True)
class Figures:
    """One contestant's, over all rounds. Ratios are to the floor in the same round.

    Attributes:
        calls: How often an invocation called AWS.
        own_cpu_ms: What a warm invocation's processor time exceeds the floor's by.
    """

    cold_ms: Spread
    cold_ratio: Spread
    cold_cpu_ms: Spread
    cold_cpu_ratio: Spread
    warm_ms: Spread
    warm_ratio: Spread
    own_cpu_ms: Spread
    peak_bytes: int
    zip_bytes: int
    calls: int


def figures(name: str, rounds: Sequence[Round], zip_bytes: int) -> Figures:
    """The figures of the contestant called `name`."""
    runs = [run for each in rounds for run in each[name]]
    return Figures(
        cold_ms=spread(map(cold, runs)),
        cold_ratio=ratio(name, FLOOR, rounds, cold),
        cold_cpu_ms=spread(map(_cold_cpu, runs)),
        cold_cpu_ratio=ratio(name, FLOOR, rounds, _cold_cpu),
        warm_ms=spread(map(_warm, runs)),
        warm_ratio=ratio(name, FLOOR, rounds, _warm),
        own_cpu_ms=spread(
            _warm_cpu(run) - median(map(_warm_cpu, each[FLOOR])) for each in rounds for run in each[name]
        ),
        peak_bytes=int(median(run.peak_bytes for run in runs)),
        zip_bytes=zip_bytes,
        calls=int(median(run.calls for run in runs)),
    )


def spread(values: Iterable[float]) -> Spread:
    """The median and the interquartile range of one or more values."""
    ordered = sorted(values)
    low, middle, high = quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    return Spread(middle, low, high)


def ratio(name: str, than: str, rounds: Sequence[Round], value: Callable[[Run], float]) -> Spread:
    """How many times as much one contestant takes as another does in the same round."""
    # The other's median, because one run of something as short as the floor says little.
    return spread(value(run) / median(map(value, each[than])) for each in rounds for run in each[name])
