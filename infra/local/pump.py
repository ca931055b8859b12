"""Event source mappings: what Lambda polls, and gives to a function in batches."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from infra.local.bus import matches
from infra.local.cloud import Cloud


@dataclass(frozen=True)
class Source:
    """An event source mapping that is turned on.

    Attributes:
        arn: What is polled: a table's stream, or a queue.
        function_name: Physical name or ARN.
        batch_size: The most records at once.
        batching_window: How long to wait for a full batch, in seconds.
        patterns: A record is delivered if it matches one of these, or if there are none. JSON.
        reports_failures: Whether the function says which records failed.
        properties: All of the mapping's settings, as in the template.
    """

    logical_id: str
    arn: str
    function_name: str
    batch_size: int = 10
    batching_window: float = 0
    patterns: tuple[str, ...] = ()
    reports_failures: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, logical_id: str, properties: Mapping[str, Any]) -> Self:
        """The mapping that a resource's properties describe. Lambda takes 100 records of a stream, 10 of a queue."""
        arn = properties["EventSourceArn"]
        return cls(
            logical_id=logical_id,
            arn=arn,
            function_name=properties["FunctionName"],
            batch_size=int(properties.get("BatchSize", 10 if ":sqs:" in arn else 100)),
            batching_window=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
            patterns=tuple(each["Pattern"] for each in properties.get("FilterCriteria", {}).get("Filters", [])),
            reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
            properties=properties,
        )

    def wants(self, record: dict[str, Any]) -> bool:
        """Whether a record passes the filters."""
        return not self.patterns or any(matches(pattern, record) for pattern in self.patterns)


def sources(cloud: Cloud) -> list[Source]:
    """The stack's mappings of streams and queues that are turned on."""
    mappings = [
        Source.read(resource.logical_id, resource.properties)
        for resource in cloud.resources("AWS::Lambda::EventSourceMapping")
        if resource.properties.get("Enabled", True)
    ]
    return [source for source in mappings if source.arn.split(":")[2] in ("dynamodb", "sqs")]


class Pump:
    """Polls a source in a thread of its own.

    Args:
        source: What to deliver where.
        poll_seconds: Pause between two looks.
    """

    def __init__(self, source: Source, poll_seconds: float) -> None:
        self.source = source
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"source-{source.logical_id}", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether it is polling."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begins to poll."""
        self._thread.start()

    def stop_soon(self) -> None:
        """Ends after the invocation under way."""
        self._stopping.set()

    def join(self) -> None:
        """Waits for the end."""
        self._thread.join()

    def deliver_next(self) -> bool:
        """Delivers one batch; False if there is none, or on the way out."""
        raise NotImplementedError

    def _run(self) -> None:
        while not self._stopping.wait(self._poll_seconds):
            while self.deliver_next():
                pass
