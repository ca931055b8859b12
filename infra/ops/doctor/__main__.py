"""`make doctor`: look at a stage, and say what is wrong and what to do (`python -m infra.ops.doctor BLOCK`).

BLOCK is the stage's in samconfig.toml, where dev is called `default`.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

from infra.local.errors import TemplateError
from infra.ops.doctor.case import CannotLook, Case, Config, Deployed, client, declared
from infra.ops.doctor.checks import AFTER, BEFORE
from infra.ops.doctor.findings import Finding, Level, note, wrong
from infra.site.errors import ContentError
from infra.site.sources import practice_file

ALL_WELL, SOMETHING_WRONG, COULD_NOT_LOOK = range(3)
_CREDENTIALS: Final = "`aws sso login` or `aws configure` brings credentials; AWS_PROFILE names those that are meant."
_RIGHTS: Final = "docs/operations.md#the-doctor has the rights that it takes"


def open_case(block: str) -> Case:
    """What there is to look at; says what that is.

    Raises:
        CannotLook: Credentials or the region are missing, or the region is not the stage's; or a file has a fault.
    """
    config = Config.read(block)
    try:
        sts = client("sts")
        account, region = sts.get_caller_identity()["Account"], sts.meta.region_name
        stack = Deployed.read(config.stack, client("cloudformation"))
        practice, (parameters, rules) = practice_file.load(), declared()
    except NoRegionError as error:
        raise CannotLook(f"No region is set: export AWS_DEFAULT_REGION={config.region or 'us-west-2'}") from error
    except (BotoCoreError, ClientError) as error:
        raise CannotLook(f"AWS cannot be asked: {error}\n{_CREDENTIALS}") from error
    except (ContentError, TemplateError) as error:
        raise CannotLook(f"{error}\nCorrect that first.") from error
    if config.region not in (None, region):
        what = f"samconfig.toml deploys to {config.region}, and your shell looks at {region}"
        raise CannotLook(f"{what}: export AWS_DEFAULT_REGION={config.region}")
    print(f"{config.stack} in {region}, account {account}\n")
    return Case(parameters, config.parameters, practice, stack, time.time(), client, rules=rules)


def look(case: Case) -> Iterator[Finding]:
    """Everything that is found, check by check; where a check finds nothing, that all is well with it."""
    for holds, before in BEFORE.items():
        yield from _found(holds, partial(before, case))
    if case.stack is None:
        yield note("There is no stack yet, and what is to be seen of one is left out", "`make deploy FLAGS=--guided`")
    elif not case.stack.stands:
        what = f"{case.stack.name} is {case.stack.status}, and what is to be seen of a stack is left out"
        yield wrong(what, "Wait where a deployment is under way; else docs/operations.md#deploying")
    else:
        for holds, after in AFTER.items():
            yield from _found(holds, partial(after, case, case.stack))


def report(case: Case) -> int:
    """Write out what is found, as it is found; returns the exit status."""
    levels = Counter[Level]()
    for finding in look(case):
        levels[finding.level] += 1
        print(*finding.lines(), sep="\n", flush=True)
    print(f"\n{levels[Level.WRONG]} wrong, {levels[Level.NOTE]} to note, {levels[Level.OK]} well.")
    return SOMETHING_WRONG if levels[Level.WRONG] else ALL_WELL


def _found(holds: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    nothing = True
    try:
        for finding in check():
            nothing = False
            yield finding
    except Exception as error:  # what one check meets must not keep the others from looking
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        yield wrong(f"{holds}? That could not be looked at: {reason}", _RIGHTS)
    else:
        if nothing:
            yield Finding(Level.OK, holds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at a stage; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.doctor", description="Whether all is well with a stage.")
    parser.add_argument("block", help="the stage's block in samconfig.toml: default, which is dev, or prod")
    try:
        return report(open_case(parser.parse_args(arguments).block))
    except CannotLook as error:
        print(error, file=sys.stderr)
        return COULD_NOT_LOOK


if __name__ == "__main__":
    sys.exit(main())
