"""Event source mappings: what Lambda polls, and gives to a function in batches."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from infra.local.bus import Submit, matches
from infra.local.cloud import Cloud

Record = dict[str, Any]
UNLIMITED = -1
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Source:
    """An event source mapping that is turned on.

    Attributes:
        arn: What is polled: a table's stream, or a queue.
        function_name: Physical name or ARN.
        patterns: A record is delivered if it matches one of these, or if there are none. JSON.
        reports_failures: Whether the function says which records failed.
        max_retries: Of one batch of a stream; :data:`UNLIMITED` for as long as the records live.
        max_age_seconds: Older records of a stream are discarded undelivered; :data:`UNLIMITED` for never.
        bisect: Whether a batch of a stream that made the function fail is split in two.
        from_start: Whether a stream's earlier records are delivered too.
        on_failure: ARN of the queue or topic that is told which records of a stream were given up.
    """

    logical_id: str
    arn: str
    function_name: str
    batch_size: int = 10
    patterns: tuple[str, ...] = ()
    reports_failures: bool = False
    max_retries: int = UNLIMITED
    max_age_seconds: float = UNLIMITED
    bisect: bool = False
    from_start: bool = True
    on_failure: str | None = None

    @classmethod
    def read(cls, logical_id: str, properties: Mapping[str, Any]) -> Self:
        """The mapping that a resource's properties describe. Lambda takes 100 records of a stream, 10 of a queue."""
        arn = properties["EventSourceArn"]
        return cls(
            logical_id,
            arn,
            properties["FunctionName"],
            batch_size=int(properties.get("BatchSize", 10 if ":sqs:" in arn else 100)),
            patterns=tuple(each["Pattern"] for each in properties.get("FilterCriteria", {}).get("Filters", [])),
            reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
            max_retries=int(properties.get("MaximumRetryAttempts", UNLIMITED)),
            max_age_seconds=float(properties.get("MaximumRecordAgeInSeconds", UNLIMITED)),
            bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
            from_start=properties.get("StartingPosition", "TRIM_HORIZON") == "TRIM_HORIZON",
            on_failure=properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        )

    def wants(self, record: Record) -> bool:
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


class Pump(threading.Thread):
    """Polls a source in a thread of its own, until `stopping` is set and the invocation under way has ended."""

    def __init__(self, source: Source, cloud: Cloud, submit: Submit) -> None:
        super().__init__(name=f"source-{source.logical_id}", daemon=True)
        self.source = source
        self.stopping = threading.Event()
        self._cloud = cloud
        self._submit = submit

    def deliver_next(self) -> bool:
        """Delivers one batch; False if there is none, or on the way out."""
        raise NotImplementedError

    def invoke(self, records: Sequence[Record]) -> set[str]:
        """Calls the function with a batch; the ids of the records that it reports as failed, if it is asked to.

        Raises:
            FunctionError: The invocation failed.
        """
        result = self._submit(self.source.function_name, {"Records": list(records)}).result()
        return failed_ids(result, map(record_id, records)) if self.source.reports_failures else set()

    def run(self) -> None:
        """What the thread does."""
        while not self.stopping.wait(_POLL_SECONDS):
            while self.deliver_next():
                pass


def record_id(record: Record) -> str:
    """What a function calls a record by when it reports a failure."""
    return str(record["dynamodb"]["SequenceNumber"] if "dynamodb" in record else record["messageId"])


def failed_ids(result: object, ids: Iterable[str]) -> set[str]:
    """The ids that a function reported as failed; a report that names no record of the batch fails all of it."""
    if not result:
        return set()
    everything = set(ids)
    if not isinstance(result, Mapping):
        return everything
    try:
        failed = {failure["itemIdentifier"] for failure in result.get("batchItemFailures") or ()}
    except (KeyError, TypeError):
        return everything
    return everything if failed - everything else failed
