"""GET: answers from the compiled site.

Nothing is rendered here, and nothing imported that a bare function would not load anyway: a reader in pain on a slow
phone waits for this function's cold start.
"""

import json
import os
import sys
from functools import cached_property
from typing import Any

from shared.init_phase import in_init_phase
from functions.content.compiled_site import CompiledSite
from functions.content.routes import answer, failure
from shared.http import Request, finish


class Wiring:
    """What this function is made of. It is made on first use and kept between invocations."""

    @cached_property
    def site(self) -> CompiledSite:
        """The site in this function's package."""
        # Read directly, not through shared.settings: dataclasses would double the time that our own imports take.
        return CompiledSite(f"{os.environ['LAMBDA_TASK_ROOT']}/compiled/site")


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request (HTTP API, payload format 2.0)."""
    request = Request.from_event(event)
    try:
        response = answer(request, wiring.site)
        if request.method == "GET" and response.status == 200 and "/thank-you/" in request.path:
            # Counted so, and without the reference: in which language, and no more.
            _log("INFO", message="thank-you seen", locale=request.path.split("/")[1])
    except Exception as error:
        # Not the error's text: it may quote the request, and a request tells what someone reads about.
        _log("ERROR", message="unhandled", error=type(error).__name__, at=_place(error))
        response = failure(request, lambda: wiring.site)
    return finish(request, response)


def _log(level: str, **entry: str) -> None:
    sys.stdout.write(f"{json.dumps({'level': level, **entry})}\n")


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    _ = wiring.site
