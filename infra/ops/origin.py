"""Whether links lead to a stage's own domain: `make build` says it (`python -m infra.ops.origin BLOCK`).

BLOCK is the stage's in samconfig.toml. No more is known before a deployment; `make doctor` looks at the stack.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from infra.ops.doctor.case import CannotLook, Config
from infra.site.errors import ContentError
from infra.site.sources import practice_file


def mismatch(parameters: Mapping[str, str], origin: str) -> str | None:
    """What is said where a stage has an own domain and the pages' links begin otherwise; None where all is well."""
    domain = parameters.get("DomainName")
    if not domain or origin == f"https://{domain}":
        return None
    return f"DomainName is {domain}, and shared/practice.toml has origin {origin}: links lead there"


def main(arguments: Sequence[str] | None = None) -> int:
    """Say it; returns the exit status. That they differ is no error: they do until the domain leads to the pages."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.origin", description="Whether links lead to the domain.")
    parser.add_argument("block", help="the stage's block in samconfig.toml: default, which is dev, or prod")
    try:
        config = Config.read(parser.parse_args(arguments).block)
        if what := mismatch(config.parameters, practice_file.load().origin):
            print(f"== {what}. docs/operations.md#an-own-domain says when to change that.")
    except (CannotLook, ContentError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
