"""What a run says: the table on the terminal, the same table in docs/bench.md, and the results as JSON."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from tests.bench.cloud import DELAY_MS
from tests.bench.contestants import Contestant
from tests.bench.environment import processors
from tests.bench.figures import Figures, Spread, figures, more_cpu_us, times_as_long
from tests.bench.jobs import LEADS
from tests.bench.packages import FLOOR, PUT, Packaging, Unpacked
from tests.bench.tournament import Round

type Table = list[tuple[str, ...]]

_HEADINGS = ("", "cold start", "x floor", "warm", "x floor", "own CPU", "memory", "zip")
_LIBRARIES = {
    "": ("awslambdaric", "boto3", "botocore"),
    "LeadsFunction": ("aws_lambda_powertools", "botocore", "phonenumberslite"),
    "fastapi-sam": ("fastapi", "starlette", "mangum", "pydantic", "boto3"),
    "flask-sam": ("Flask", "apig-wsgi", "pydantic", "boto3"),
    "chalice-sam": ("chalice", "pydantic", "boto3"),
    "powertools-sam": ("aws_lambda_powertools", "pydantic", "boto3"),
}


@dataclass(frozen=True)
class Results:
    """Everything a run gave."""

    contestants: Sequence[Contestant]
    packages: Mapping[str, Unpacked]
    runtime: Unpacked
    rounds: Sequence[Round]
    warm: int

    def of(self, contestant: Contestant) -> Figures:
        """One contestant's figures."""
        return figures(contestant.name, self.rounds)

    def by_job(self) -> dict[str, list[Contestant]]:
        """Who did which job, the floor left out."""
        jobs: dict[str, list[Contestant]] = {}
        for each in self.contestants:
            if each.package != FLOOR:
                jobs.setdefault(each.job.name, []).append(each)
        return jobs


def as_json(results: Results) -> str:
    """One object per contestant: medians, and ratios to the floor."""
    rows = []
    for contestant in results.contestants:
        found = results.of(contestant)
        rows.append(
            {
                "name": contestant.name,
                "cold_ms": round(found.cold_ms.median, 2),
                "cold_ratio_to_floor": round(found.cold_ratio.median, 3),
                "warm_us": round(found.warm_us.median, 1),
                "warm_ratio_to_floor": round(found.warm_ratio.median, 3),
                "cpu_us": round(found.cpu_us.median, 1),
                "own_cpu_us": round(found.own_cpu_us.median, 1),
                "zip_bytes": results.packages[contestant.package].zip_bytes,
                "peak_rss_bytes": found.peak_rss_bytes,
            }
        )
    return json.dumps(rows, indent=1) + "\n"


def as_text(results: Results) -> str:
    """The tables for a terminal, with what they were measured on."""
    return "\n\n".join([*(_plain(table) for table in _tables(results)), *_own_work(results), *_measured_on(results)])


def as_page(results: Results, today: date) -> str:
    """docs/bench.md."""
    first, *others = (_markdown(table) for table in _tables(results))
    page = Template(Path(__file__).with_name("page.md").read_text(encoding="utf-8"))
    return page.substitute(
        figures=first,
        own_work=" ".join(_own_work(results)),
        comparisons="\n\n".join(others),
        measured_on="\n".join(f"- {line}" for line in _measured_on(results)),
        date=today.isoformat(),
        rounds=len(results.rounds),
        warm=results.warm,
        delay=f"{DELAY_MS:g}",
    )


def _tables(results: Results) -> list[Table]:
    """The figures of everyone; then, for each job, how its peers compare with ours."""
    floor = [each for each in results.contestants if each.package == FLOOR]
    rows = [_row(results, each) for each in floor]
    comparisons = []
    for job, doing in results.by_job().items():
        rows.append((job, *[""] * (len(_HEADINGS) - 1)))
        rows += [_row(results, each) for each in doing]
        ours = [each for each in doing if not each.is_peer]
        peers = [each for each in doing if each.is_peer]
        if ours and peers:
            comparisons.append(_comparison(results, ours[0], peers))
    return [[_HEADINGS, *rows], *comparisons]


def _row(results: Results, contestant: Contestant) -> tuple[str, ...]:
    found = results.of(contestant)
    return (
        title(contestant),
        f"{found.cold_ms.median:.0f} ms",
        _ratio(found.cold_ratio),
        f"{found.warm_us.median / 1000:.2f} ms",
        # Where AWS is waited for, a ratio to a handler that waits for nothing says nothing.
        "" if contestant.job.calls else _ratio(found.warm_ratio),
        "" if contestant.package == FLOOR else f"{found.own_cpu_us.median / 1000:.2f} ms",
        f"{found.peak_rss_bytes / 2**20:.0f} MB",
        _size(results.packages[contestant.package].zip_bytes),
    )


def _comparison(results: Results, ours: Contestant, peers: Sequence[Contestant]) -> Table:
    headings = (f"{ours.job.name}: cold start, times ours", "as SAM packages it", "as we package it")
    rows: Table = [headings]
    for title in dict.fromkeys(each.title for each in peers):
        both = {each.package.rpartition("-")[2]: each.name for each in peers if each.title == title}
        ratios = [
            _ratio(times_as_long(both[packaging], ours.name, results.rounds)) if packaging in both else ""
            for packaging in Packaging
        ]
        rows.append((title, *ratios))
    return rows


def title(contestant: Contestant) -> str:
    """As people read it, with its packaging."""
    packaging = contestant.package.rpartition("-")[2] if contestant.is_peer else ""
    return contestant.title + {"": "", "sam": ", as SAM packages it", "ours": ", as we package it"}[packaging]


def _own_work(results: Results) -> Iterable[str]:
    """What `leads` takes beyond the one call that it makes."""
    if {LEADS.name, PUT} <= {each.name for each in results.contestants}:
        more = more_cpu_us(LEADS.name, PUT, results.rounds)
        low, middle, high = (f"{value / 1000:.2f}" for value in (more.low, more.median, more.high))
        yield f"Beyond that call, a warm invocation of leads takes {middle} ms ({low}-{high}) of processor time."


def _ratio(value: Spread) -> str:
    return f"{value.median:.2f} ({value.low:.2f}-{value.high:.2f})"


def _size(size: int) -> str:
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _measured_on(results: Results) -> Iterable[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield f"{_processor()} ({platform.machine()}), {processors()} cores, {memory:.0f} GB; {platform.system()}"
    yield f"Python {platform.python_version()}; Lambda's runtime: {_versions(results.runtime, _LIBRARIES[''])}"
    for package, names in _LIBRARIES.items():
        if package in results.packages:
            yield f"{package}: {_versions(results.packages[package], names)}"


def _versions(package: Unpacked, names: Iterable[str]) -> str:
    found = package.versions()
    return ", ".join(f"{name} {found[name]}" for name in names if name in found)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _plain(table: Table) -> str:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for first, *others in table:
        cells = [first.ljust(widths[0]), *(text.rjust(width) for text, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _markdown(table: Table) -> str:
    headings, *rows = table
    rule = ("---", *["---:"] * (len(headings) - 1))
    bold = [(f"**{first}**", *others) if not any(others) else (first, *others) for first, *others in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rule, *bold))
