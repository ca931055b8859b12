"""What a run says: tables for the terminal and for docs/bench.md."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from tests.bench.cloud import DELAY_MS
from tests.bench.contestants import RUNTIME_SDK, Contestant
from tests.bench.environment import processors
from tests.bench.figures import Figures, Round, cold, figures, ratio
from tests.bench.packages import FLOOR, Packaging, versions

type Table = list[Sequence[str]]

_HEADINGS = ("", "cold start", "x floor", "CPU, x floor", "warm", "x floor", "own CPU", "memory", "zip")
_LIBRARIES = (
    *("awslambdaric", "boto3", "botocore", "aws_lambda_powertools", "phonenumberslite", "pydantic", "pydantic_core"),
    *("itsdangerous", "Jinja2", "apprise"),
    *("fastapi", "starlette", "mangum", "Flask", "apig-wsgi", "chalice"),
)
_LABELS = {None: "", Packaging.SAM: "as SAM packages it", Packaging.OURS: "as we package it"}


@dataclass(frozen=True)
class Results:
    """Everything a run gave.

    Attributes:
        packages: Each package's folder by name, with its zip beside it, and the libraries of Lambda's runtime.
        warm: How many invocations each process had after its first.
    """

    contestants: Sequence[Contestant]
    packages: Mapping[str, Path]
    rounds: Sequence[Round]
    warm: int

    def figures(self) -> dict[str, Figures]:
        """Everyone's, by name."""
        return {each.name: figures(each.name, self.rounds, self._zip_bytes(each)) for each in self.contestants}

    def _zip_bytes(self, contestant: Contestant) -> int:
        return Path(f"{self.packages[contestant.package]}.zip").stat().st_size


def as_text(results: Results) -> str:
    """The tables, with what they were measured on."""
    return "\n\n".join([*map(table, _tables(results)), "\n".join(_measured_on(results))])


def as_page(results: Results, today: date) -> str:
    """docs/bench.md."""
    first, *others = map(table, _tables(results))
    return Template(Path(__file__).with_name("page.md").read_text(encoding="utf-8")).substitute(
        figures=first,
        comparisons="\n\n".join(others),
        measured_on="\n".join(f"- {line}" for line in _measured_on(results)),
        date=today.isoformat(),
        rounds=len(results.rounds),
        warm=results.warm,
        delay=f"{DELAY_MS:g}",
    )


def table(rows: Table) -> str:
    """A table in Markdown, in columns that a terminal shows well too; the first row is its head."""
    head, *body = rows
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])]

    def line(first: str, *others: str) -> str:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        return f"| {' | '.join(cells)} |"

    return "\n".join(line(*row) for row in (head, rule, *body))


def _tables(results: Results) -> Iterable[Table]:
    """The table of figures, and for each job that others do as well how much longer they take."""
    everyone = results.figures()
    by_job: dict[str, list[Contestant]] = {}
    for contestant in results.contestants:
        by_job.setdefault(contestant.job.name, []).append(contestant)
    rows: Table = [_HEADINGS]
    for job, doing in by_job.items():
        if doing[0].package != FLOOR:
            rows.append((f"**{job}**", *[""] * (len(_HEADINGS) - 1)))
        rows += [_row(each, everyone[each.name]) for each in doing]
    yield rows
    for job, doing in by_job.items():
        ours = [each for each in doing if each.name.partition("-")[0] == job and not each.name.endswith(RUNTIME_SDK)]
        if peers := [each for each in doing if each.packaging]:
            yield from (_comparison(each, peers, results.rounds) for each in ours)


def _row(contestant: Contestant, found: Figures) -> Sequence[str]:
    label = _LABELS[contestant.packaging]
    return (
        f"{contestant.title}, {label}" if label else contestant.title,
        f"{found.cold_ms.median:.0f} ms",
        str(found.cold_ratio),
        str(found.cold_cpu_ratio),
        f"{found.warm_ms.median:.2f} ms",
        # Where AWS is waited for, a ratio to a handler that waits for nothing says nothing.
        "" if contestant.job.calls else str(found.warm_ratio),
        "" if contestant.package == FLOOR else f"{found.own_cpu_ms.median:.2f} ms",
        f"{found.peak_bytes / 2**20:.0f} MB",
        f"{found.zip_bytes / 1000:,.0f} kB",
    )


def _comparison(ours: Contestant, peers: Sequence[Contestant], rounds: Sequence[Round]) -> Table:
    headings = (f"{ours.name}: cold start, times ours", *(_LABELS[packaging] for packaging in Packaging))
    cells = {(each.title, each.packaging): str(ratio(each.name, ours.name, rounds, cold)) for each in peers}
    titles = dict.fromkeys(each.title for each in peers)
    return [headings, *((title, *(cells.get((title, each), "") for each in Packaging)) for title in titles)]


def _measured_on(results: Results) -> Iterable[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield f"{_processor()} ({platform.machine()}), {processors()} cores, {memory:.0f} GB; {platform.system()}"
    yield f"Python {platform.python_version()}"
    for name, folder in results.packages.items():
        found = versions(folder)
        if known := ", ".join(f"{each} {found[each]}" for each in _LIBRARIES if each in found):
            yield f"{name}: {known}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
