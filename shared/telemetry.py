"""Logs and metrics. Neither ever holds a name, an address, a number or a message: log ids, codes and counts.

Powertools' Logger and Metrics read their settings (POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE) when they are
made, so they are made on first use.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit


@cache
def logger() -> Logger:
    """The function's structured logger."""
    return Logger()


@cache
def _metrics() -> Metrics:
    return Metrics()


@contextmanager
def invocation(context: Any) -> Iterator[Logger]:
    """Around one invocation: every log line carries its request id, and the metrics counted in it are written out."""
    log = logger()
    log.append_keys(request_id=context.aws_request_id)
    try:
        yield log
    finally:
        if _metrics().metric_set:
            _metrics().flush_metrics()


def count(name: str) -> None:
    """Add one to a metric of this function. Each is paid for: it has an alarm that reads it, or it is a log line."""
    _metrics().add_metric(name=name, unit=MetricUnit.Count, value=1)


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an exception: its type and where it came from.

    Not its message: a validation error's quotes the visitor's input, and SES's quotes addresses.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-5:]],
        "cause": type(error.__cause__).__name__ if error.__cause__ else None,
    }
