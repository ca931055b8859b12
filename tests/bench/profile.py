"""Where a function's cold start goes: `python -m tests.bench.profile leads`."""

import argparse
import os
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from infra.build.errors import BuildError
from tests.bench import cloud, import_times, workshop
from tests.bench.contestants import Contestant, contestants
from tests.bench.environment import Laboratory, Observation, observe
from tests.bench.errors import BenchError
from tests.bench.import_times import Cost
from tests.bench.known_lead import known_lead
from tests.bench.packages import FLOOR

_PROBE = Path(__file__).parent / "probe"
_STARTS = 7
_SHOWN = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, profile and print; returns the exit status."""
    everyone = {each.name: each for each in contestants()}
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument(
        "name", choices=[name for name in everyone if name != FLOOR], metavar="NAME", help="such as leads"
    )
    parser.add_argument("--starts", type=int, default=_STARTS, help="processes per figure; default: %(default)s")
    options = parser.parse_args(arguments)
    chosen = (everyone[options.name], everyone[FLOOR])
    try:
        workshop.clear()
        python = workshop.make_runtime()
        packages = workshop.make_packages([each.package for each in chosen])
        with cloud.running() as aws:
            aws.know_lead(known_lead())
            laboratory = Laboratory(python, aws)
            profiled, floor = (_Subject(each, packages[each.package].folder, laboratory) for each in chosen)
            print(f"\n{_phases(profiled, floor, options.starts)}")
            print(f"\n{_imports(profiled, floor, options.starts)}")
            print(f"\n{_first_invocation(profiled)}")
    except (BenchError, BuildError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


@dataclass(frozen=True)
class _Subject:
    """A contestant in its place."""

    contestant: Contestant
    folder: Path
    laboratory: Laboratory

    def start(self, warm: int = 1, variables: Mapping[str, str] | None = None) -> Observation:
        return observe(self.contestant, self.folder, self.laboratory, warm, variables)


def _phases(profiled: _Subject, floor: _Subject, starts: int) -> str:
    """How long each part takes, nothing being watched."""
    runs, floors = [], []
    for _ in range(starts):
        floors.append(floor.start().run)
        runs.append(profiled.start(warm=2).run)
    floor_ready = median(run.ready_ms for run in floors)
    phases = {
        "Python and the Runtime Interface Client": floor_ready,
        "importing the function": median(run.ready_ms for run in runs) - floor_ready,
        "the first invocation": median(run.cold_ms - run.ready_ms for run in runs),
        "a later invocation": median(run.warm_us[-1] for run in runs) / 1000,
    }
    cold, cpu = median(run.cold_ms for run in runs), median(run.cold_cpu_ms for run in runs)
    ratio = cold / median(run.cold_ms for run in floors)
    name = profiled.contestant.name
    heading = f"{name}: {cold:.0f} ms to the first response, {ratio:.1f} times the floor's; {cpu:.0f} ms on the CPU"
    return "\n".join([heading, "of these, in ms", *(f"{value:8.1f}  {phase}" for phase, value in phases.items())])


def _imports(profiled: _Subject, floor: _Subject, starts: int) -> str:
    """What is imported, in the init phase or later, beyond what the floor has."""
    watched = {"PYTHONPROFILEIMPORTTIME": "1"}
    known = import_times.parse(floor.start(variables=watched).log)
    runs = [import_times.parse(profiled.start(variables=watched).log) for _ in range(starts)]
    costs = import_times.by_library(import_times.medians(runs), import_times.modules(known))
    modules, milliseconds = sum(cost.modules for cost in costs), sum(cost.own_us for cost in costs) / 1000
    return "\n".join(
        [
            f"imports: {modules} modules, {milliseconds:.0f} ms; being watched makes them slower",
            "  own ms  with all it led to  modules  library, and who wanted it first",
            *map(_cost, costs[:_SHOWN]),
        ]
    )


def _cost(cost: Cost) -> str:
    own, total = cost.own_us / 1000, cost.total_us / 1000
    return f"{own:8.1f}{total:20.1f}{cost.modules:9}  {cost.library} < {cost.wanted_by}"


def _first_invocation(profiled: _Subject) -> str:
    """What the first invocation does. The profiler makes calls slower: the shares are to be believed, not the times."""
    contestant, folder = profiled.contestant, profiled.folder
    probed = replace(contestant, spec=replace(contestant.spec, handler="bench_probe.lambda_handler"))
    with tempfile.TemporaryDirectory(prefix="needlepoint-bench-") as work:
        file = str(Path(work, "profile"))
        variables = {
            "PYTHONPATH": os.pathsep.join((str(folder), str(_PROBE))),
            "BENCH_HANDLER": contestant.spec.handler,
            "BENCH_PROFILE": file,
        }
        replace(profiled, contestant=probed).start(variables=variables)
        stats = pstats.Stats(file)
    rows = []
    for (path, line, function), (_, calls, own, total, _) in stats.stats.items():  # type: ignore[attr-defined]
        place = path.removeprefix(f"{folder}/").rpartition("site-packages/")[2]
        rows.append((total, own, calls, f"{place}:{line} {function}"))
    whole = max(total for total, *_ in rows)
    lines = [
        f"the first invocation, as the profiler sees it: {whole * 1000:.0f} ms",
        "     all     own   calls  function",
    ]
    for total, own, calls, name in sorted(rows, reverse=True)[: 2 * _SHOWN]:
        lines.append(f"{total / whole:8.1%}{own / whole:8.1%}{calls:8}  {name}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
