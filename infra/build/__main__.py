"""Build one function's package: `python -m infra.build LeadsFunction FOLDER`, for the architecture that ARCH names."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.build.dependencies import Architecture
from infra.build.errors import BuildError
from infra.build.package import PACKAGES, build


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, or say what is wrong; returns the exit status."""
    options = _parse(arguments)
    try:
        build(PACKAGES[options.function], options.folder, options.arch)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    if options.arch != Architecture.ARM64:
        print(f"{options.function} is for {options.arch}: deploy it with the parameter Architecture={options.arch}.")
    return 0


def _architecture(text: str) -> Architecture:
    try:
        return Architecture(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(Architecture)}") from None


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.build", description="Build one function's package.")
    parser.add_argument("function", choices=PACKAGES, help="the function's logical id in template.yaml")
    parser.add_argument("folder", type=Path, help="where to put the unpacked package; what is there is replaced")
    parser.add_argument(
        "--arch",
        type=_architecture,
        metavar=f"{{{','.join(Architecture)}}}",
        default=os.environ.get("ARCH") or Architecture.ARM64,
        help="the processor it is for; default: the environment's ARCH, else arm64",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
