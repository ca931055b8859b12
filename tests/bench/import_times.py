"""What `-X importtime` says, summed up by library."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)\s*$")
# The name is indented by one space, and by two more for each import that it is part of.
_INDENT = 2


@dataclass(frozen=True)
class Import:
    """One module's import: the microseconds for itself alone, and the imports that it led to."""

    module: str
    own_us: float
    led_to: Sequence["Import"] = field(default=())

    @property
    def library(self) -> str:
        """The top-level package, or for ours the module."""
        top_level = self.module.partition(".")[0]
        return self.module if top_level in ("functions", "shared") else top_level

    def total_us(self, without: Container[str] = ()) -> float:
        """The microseconds with everything it led to, but for the modules in `without`."""
        own = 0.0 if self.module in without else self.own_us
        return own + sum(each.total_us(without) for each in self.led_to)


class Cost(NamedTuple):
    """What a library's import costs: its own modules alone, and with all they led to. `wanted_by` is who was first."""

    library: str
    own_us: float
    total_us: float
    modules: int
    wanted_by: str


def parse(log: str) -> list[Import]:
    """The imports in what a process wrote with `-X importtime`, those that no other led to."""
    pending: list[tuple[int, Import]] = []
    for line in log.splitlines():
        if match := _LINE.search(line):
            own, _, spaces, module = match.groups()
            depth = (len(spaces) - 1) // _INDENT
            first = next((place for place, (other, _) in enumerate(pending) if other > depth), len(pending))
            led_to = [each for _, each in pending[first:]]
            pending[first:] = [(depth, Import(module, float(own), led_to))]
    return [each for _, each in pending]


def modules(roots: Iterable[Import]) -> set[str]:
    """The names of all that was imported."""
    return {each.module for each, _ in _walk(roots)}


def medians(runs: Sequence[Sequence[Import]]) -> list[Import]:
    """The first run's imports, with each module's median over all runs."""
    times: dict[str, list[float]] = {}
    for roots in runs:
        for each, _ in _walk(roots):
            times.setdefault(each.module, []).append(each.own_us)
    return [_with_times(each, {module: median(values) for module, values in times.items()}) for each in runs[0]]


def by_library(roots: Sequence[Import], without: Container[str]) -> list[Cost]:
    """What each library costs, the dearest first; modules in `without`, which everybody has, are left out."""
    costs: dict[str, Cost] = {}
    for each, parents in _walk(roots):
        if each.module in without:
            continue
        outermost = each.library not in (parent.library for parent in parents)
        wanted_by = parents[-1].module if parents else "the handler, or a call of its"
        so_far = costs.get(each.library, Cost(each.library, 0, 0, 0, wanted_by))
        costs[each.library] = so_far._replace(
            own_us=so_far.own_us + each.own_us,
            total_us=so_far.total_us + (each.total_us(without) if outermost else 0),
            modules=so_far.modules + 1,
        )
    return sorted(costs.values(), key=lambda cost: -cost.total_us)


def _walk(roots: Iterable[Import], parents: tuple[Import, ...] = ()) -> Iterator[tuple[Import, tuple[Import, ...]]]:
    for each in roots:
        yield each, parents
        yield from _walk(each.led_to, (*parents, each))


def _with_times(each: Import, times: Mapping[str, float]) -> Import:
    return Import(each.module, times[each.module], [_with_times(other, times) for other in each.led_to])
