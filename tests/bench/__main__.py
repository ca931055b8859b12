"""Measure everyone: `python -m tests.bench`. A whole run also writes docs/bench.md and docs/scale.md."""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from infra.build.errors import BuildError
from infra.build.package import ROOT, compile_site
from tests.bench import packages, report, scale
from tests.bench.cloud import Cloud
from tests.bench.contestants import Contestant, contestants
from tests.bench.environment import BenchError, Run, observe, processors
from tests.bench.figures import Round
from tests.bench.packages import FLOOR
from tests.bench.report import Results

_ROUNDS, _WARM = 15, 20
_QUICK_ROUNDS = 3
# Packages and the runtime are made here, and the results are left here.
_WORK = ROOT / ".bench"
_started_at = time.monotonic()


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, measure and report; returns the exit status."""
    options = _parse(arguments)
    try:
        results = _measure(options)
    except (BenchError, BuildError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{report.as_text(results)}\n")
    figures = results.figures()
    _write(_WORK / "results.json", json.dumps({name: asdict(each) for name, each in figures.items()}, indent=1) + "\n")
    if options.only or options.quick or options.variant:
        _say("docs/bench.md is left as it was: it is written by a whole run.")
    else:
        today = datetime.now(UTC).date()
        _write(ROOT / "docs" / "bench.md", report.as_page(results, today))
        _write(ROOT / "docs" / "scale.md", scale.as_page(figures, _WORK / "site", today))
    return 0


def _measure(options: argparse.Namespace) -> Results:
    packages.architecture()
    _say(f"Clearing {_WORK.relative_to(ROOT)}")
    for part in ("packages", "site", "variants"):
        shutil.rmtree(_WORK / part, ignore_errors=True)
        (_WORK / part).mkdir(parents=True)
    variants = {name: packages.check_out(where, _WORK / "variants" / name) for name, where in options.variant}
    everyone = contestants(_WORK / "site", variants)
    chosen = [each for each in everyone if each.package == FLOOR or _is_chosen(each, options.only)]
    _say("Lambda's runtime")
    python = packages.build_runtime(_WORK / "runtime")
    folders = _build({each.package: each for each in chosen})
    with Cloud() as cloud:

        def run(contestant: Contestant, warm: int = options.warm) -> Run:
            return observe(contestant, folders[contestant.package], python, cloud, warm)[0]

        _say("Everyone once, to see that each does its job, and to bring every file into memory")
        for each in chosen:
            run(each, 1)
        rounds = []
        for number in range(options.rounds):
            # Somebody else comes first each time, so that whatever else the machine does meets all alike.
            first = number * len(chosen[1:]) // options.rounds
            rounds.append(_round(chosen[0], [*chosen[1 + first :], *chosen[1 : 1 + first]], run))
            _say(f"Round {number + 1} of {options.rounds}")
    return Results(chosen, {"runtime": packages.site_packages(_WORK / "runtime"), **folders}, rounds, options.warm)


def _build(by_package: Mapping[str, Contestant]) -> dict[str, Path]:
    """Build each package and its zip; returns the folders by the packages' names."""
    _say(f"Packages: {', '.join(by_package)}")
    compile_site(_WORK / "site")

    def build(contestant: Contestant) -> Path:
        folder = _WORK / "packages" / contestant.package
        contestant.build(folder)
        shutil.make_archive(str(folder), "zip", folder)
        return folder

    with ThreadPoolExecutor(processors()) as pool:
        return dict(zip(by_package, pool.map(build, by_package.values()), strict=True))


def _round(floor: Contestant, others: Sequence[Contestant], run: Callable[[Contestant], Run]) -> Round:
    """Everyone's run, with the floor's before each of the others'."""
    runs: dict[str, list[Run]] = {FLOOR: []}
    for each in others:
        runs[FLOOR].append(run(floor))
        runs[each.name] = [run(each)]
    return runs


def _is_chosen(contestant: Contestant, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatch(contestant.name, pattern) for pattern in patterns)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    _say(f"Written: {file.relative_to(ROOT)}")


def _say(what: str) -> None:
    """Tell whoever waits what is going on, and for how long already."""
    print(f"{time.monotonic() - _started_at:5.0f} s  {what}", flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=_positive, help=f"how often everyone is started; default: {_ROUNDS}")
    parser.add_argument(
        "--warm", type=_positive, default=_WARM, help="invocations after the first; default: %(default)s"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="whom to measure, such as content or 'fastapi-*'; repeatable",
    )
    parser.add_argument(
        "--variant",
        action="append",
        default=[],
        type=_variant,
        metavar="NAME=CHECKOUT",
        help="measure another checkout too, a folder or a git commit, as leads-NAME and so on; repeatable",
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{_QUICK_ROUNDS} rounds: does it work, and about how fast?"
    )
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (_QUICK_ROUNDS if options.quick else _ROUNDS)
    return options


def _variant(text: str) -> tuple[str, str]:
    name, is_given, checkout = text.partition("=")
    if not (name and is_given and checkout):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=CHECKOUT")
    return name, checkout


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
