"""Measure everyone: `python -m tests.bench`. A whole run also writes docs/bench.md, its picture and docs/scale.md."""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from infra.build.errors import BuildError
from infra.build.package import ROOT
from tests.bench import cloud, picture, report, scale, workshop
from tests.bench.contestants import Contestant, contestants
from tests.bench.environment import Laboratory
from tests.bench.errors import BenchError
from tests.bench.known_lead import known_lead
from tests.bench.packages import FLOOR, PUT, Packaging
from tests.bench.report import Results
from tests.bench.tournament import play
from tests.bench.workshop import WORK, say

_ROUNDS, _WARM = 15, 20
_QUICK_ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, measure and report; returns the exit status."""
    options = _parse(arguments)
    chosen = [each for each in contestants() if each.package == FLOOR or _is_chosen(each, options.only)]
    try:
        results = _measure(chosen, options.rounds, options.warm)
    except (BenchError, BuildError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{report.as_text(results)}\n")
    _write(WORK / "results.json", report.as_json(results))
    if options.only or options.quick:
        say("docs/bench.md is left as it was: it is written by a whole run.")
    else:
        today = datetime.now(UTC).date()
        _write(ROOT / "docs" / "bench.md", report.as_page(results, today))
        site = results.packages["ContentFunction"].folder / "compiled" / "site"
        _write(ROOT / "docs" / "scale.md", scale.as_page(json.loads(report.as_json(results)), site, today))
        _write(ROOT / "docs" / "pictures" / "bench.svg", picture.draw(_bars(results)))
    return 0


def _measure(chosen: Sequence[Contestant], rounds: int, warm: int) -> Results:
    workshop.clear()
    python = workshop.make_runtime()
    unpacked = workshop.make_packages(sorted({each.package for each in chosen}))
    with cloud.running() as aws:
        aws.know_lead(known_lead())
        played = play(chosen, unpacked, Laboratory(python, aws), rounds=rounds, warm=warm, say=say)
    return Results(chosen, unpacked, workshop.runtime_libraries(), played, warm)


def _bars(results: Results) -> list[tuple[str, list[picture.Bar]]]:
    kinds: Mapping[Any, str] = {Packaging.SAM: "sam", Packaging.OURS: "own-packaging", PUT: "own-packaging"}
    return [
        (
            job,
            [
                picture.Bar(
                    report.title(each),
                    kinds.get(each.package.rpartition("-")[2], "ours"),
                    results.of(each).cold_ratio,
                )
                for each in doing
            ],
        )
        for job, doing in results.by_job().items()
    ]


def _is_chosen(contestant: Contestant, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatch(contestant.name, pattern) for pattern in patterns)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    say(f"Written: {file.relative_to(ROOT)}")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=_positive, help=f"how often everyone is started; default: {_ROUNDS}")
    parser.add_argument(
        "--warm", type=_positive, default=_WARM, help="invocations after the first; default: %(default)s"
    )
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="whom to measure, such as content or 'fastapi-*'; repeatable"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{_QUICK_ROUNDS} rounds: does it work, and about how fast?"
    )
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (_QUICK_ROUNDS if options.quick else _ROUNDS)
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
