"""Lambda's init phase: a function's modules are loaded before its first event, at full speed whatever its memory size.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

A function imports this before anything large, because it switches the garbage collector off until the modules are
loaded: hardly anything can be freed then, and the collector would look through all that was loaded, again and again.
"""

import gc
import os
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Final

# A service that does not answer must not use up the ten seconds that Lambda allows for the phase.
_LONGEST_WAIT_SECONDS: Final = 1.0
_IN_LAMBDA = "AWS_LAMBDA_RUNTIME_API" in os.environ

if _IN_LAMBDA:
    gc.disable()


def in_init_phase[Prepare: Callable[[], object]](prepare: Prepare) -> Prepare:
    """Decorate what comes last in a function's module: it is called at once where Lambda loads the module.

    So no visitor waits for it later. What fails is left to the first invocation, which needs it and can say so.

    Returns:
        The function as it was.
    """
    if _IN_LAMBDA:
        with suppress(Exception):
            prepare()
        gc.freeze()
        gc.enable()
    return prepare


def wait_briefly_for(call: Callable[[], object]) -> None:
    """Call a service and wait a second for it at most; a slower call goes on beside the first invocation.

    What it raises is left to whoever needs the service next.
    """

    def run() -> None:
        with suppress(Exception):
            call()

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(_LONGEST_WAIT_SECONDS)
