"""Compile the site: `python -m infra.site OUT [--origin URL] [--drafts]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.site import ContentError, Report, compile_all


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile and say what was made; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.site", description="Compile the site.")
    parser.add_argument("out", type=Path, help="the task root: compiled/ is written into it")
    parser.add_argument("--origin", help="scheme, host and port that the pages are at, instead of the practice file's")
    parser.add_argument("--drafts", action="store_true", help="show drafts, and messages that are not translated yet")
    options = parser.parse_args(arguments)
    try:
        report = compile_all(options.out, origin=options.origin, drafts=options.drafts)
    except ContentError as error:
        print(error, file=sys.stderr)
        print(f"\nNothing was compiled. Faults: {len(error.faults)}", file=sys.stderr)
        return 1
    _print(report)
    return 0


def _print(report: Report) -> None:
    for row in report.rows:
        print(f"{row.status:<10} {row.locale:<8} {row.article}")
        for reason in row.reasons:
            print(f"{'':<10} {'':<8} - {reason}")
    for warning in report.warnings:
        print(f"warning: {warning}")
    print(f"{len(report.paths)} addresses")


if __name__ == "__main__":
    sys.exit(main())
