"""Lambda's init phase: a function's modules are loaded before its first event, at full speed whatever its memory size.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import os
from collections.abc import Callable
from contextlib import suppress


def in_init_phase[Prepare: Callable[[], object]](prepare: Prepare) -> Prepare:
    """A decorator that calls `prepare` now if it is Lambda that loads the module, so that nobody waits for it later.

    What fails is left to the first invocation, which needs it and has somebody to tell.
    """
    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        with suppress(Exception):
            prepare()
    return prepare
