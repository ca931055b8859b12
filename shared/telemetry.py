"""Logs and metrics. Neither ever holds a name, an address, a number or a message: log ids, codes and counts."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared.settings import read_settings


@dataclass(frozen=True, slots=True)
class Settings:
    """What the template gives every function that logs and counts, by the names that Powertools has for it."""

    powertools_service_name: str
    powertools_metrics_namespace: str


class Telemetry:
    """The log and the metrics of one function, made on first use: Powertools wants their settings then."""

    @cached_property
    def settings(self) -> Settings:
        """The settings."""
        # All of them: Powertools would miss the namespace only once a lead is stored.
        return read_settings(Settings)

    @cached_property
    def log(self) -> Logger:
        """The structured log."""
        return Logger(service=self.settings.powertools_service_name)

    @cached_property
    def _metrics(self) -> Metrics:
        return Metrics(
            service=self.settings.powertools_service_name, namespace=self.settings.powertools_metrics_namespace
        )

    @contextmanager
    def invocation(self, context: Any) -> Iterator[Logger]:
        """Around one invocation: every log line carries its request id, and the metrics counted in it are written.

        Yields:
            The log.

        Raises:
            ConfigurationError: A setting is missing.
        """
        self.log.append_keys(request_id=context.aws_request_id)
        try:
            yield self.log
        finally:
            if self._metrics.metric_set:
                self._metrics.flush_metrics()

    def count(self, name: str) -> None:
        """Add one to a metric. Each is paid for: it has an alarm that reads it, or it is a log line."""
        self._metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)


def describe(error: BaseException) -> dict[str, Any]:
    """Say what may be logged of an exception.

    Returns:
        Its type, where it came from, and the type of its cause. Not its message: a validation error's quotes the
        visitor's input, and SES's quotes addresses.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-5:]],
        "cause": type(error.__cause__).__name__ if error.__cause__ else None,
    }
