"""Logs and metrics. Neither ever holds a name, an address, a number or a message: log ids, codes and counts.

Powertools' Logger and Metrics are made on first use, since they want their settings then.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared.settings import read


@dataclass(frozen=True, slots=True)
class Settings:
    """What the template gives every function that logs and counts, by the names that Powertools has for it."""

    powertools_service_name: str
    powertools_metrics_namespace: str


@cache
def settings() -> Settings:
    """The settings, read on first use. Powertools would miss the namespace only once a lead is stored."""
    return read(Settings)


@cache
def logger() -> Logger:
    """The function's structured logger."""
    return Logger(service=settings().powertools_service_name)


@cache
def _metrics() -> Metrics:
    return Metrics(service=settings().powertools_service_name, namespace=settings().powertools_metrics_namespace)


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
