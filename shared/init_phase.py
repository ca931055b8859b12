"""Lambda's init phase: a function's modules are loaded before its first event, at full speed whatever its memory size.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

A function imports this before anything large, because while modules load the garbage collector rests: hardly anything
becomes garbage then, and it would look through all that was loaded, again and again.
"""

import gc
import os
from collections.abc import Callable
from contextlib import suppress

_IN_LAMBDA = "AWS_LAMBDA_RUNTIME_API" in os.environ

if _IN_LAMBDA:
    gc.disable()


def in_init_phase[Prepare: Callable[[], object]](prepare: Prepare) -> Prepare:
    """A decorator for what comes last in a function's module: calls it now if it is Lambda that loads the module.

    So nobody waits for it later. What fails is left to the first invocation, which needs it and has somebody to tell.
    """
    if _IN_LAMBDA:
        with suppress(Exception):
            prepare()
        gc.freeze()
        gc.enable()
    return prepare
