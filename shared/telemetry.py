"""Logs and metrics. Neither ever holds a name, an address, a number or a message: log ids, codes and counts."""

import traceback
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

    def log_of(self, context: Any) -> Logger:
        """The log of one invocation: every line carries its request id. Raises ConfigurationError."""
        self.log.append_keys(request_id=context.aws_request_id)
        return self.log

    def count(self, name: str) -> None:
        """Add one to a metric. Each is paid for: it has an alarm that reads it, or it is a log line.

        It is written at once: what waited for the end of an invocation would be lost with one that is stopped, and
        the fact that goes with it would keep it from ever being counted again.
        """
        self._add(name, MetricUnit.Count, 1)

    def measure(self, name: str, seconds: float) -> None:
        """Add a length of time to a metric, which also says how often it was measured; otherwise as `count`."""
        self._add(name, MetricUnit.Seconds, seconds)

    def _add(self, name: str, unit: MetricUnit, value: float) -> None:
        self._metrics.add_metric(name=name, unit=unit, value=value)
        self._metrics.flush_metrics()


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
