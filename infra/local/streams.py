"""DynamoDB streams to functions: what Lambda's event source mappings do, by the template's settings."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.cloud import Cloud
from infra.local.delivery import UNLIMITED, Policy, Record, deliver

_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_DEFAULT_BATCH_SIZE = 100  # Lambda's, for streams


@dataclass(frozen=True)
class StreamMapping:
    """An event source mapping from a table's stream to a function.

    Attributes:
        function_name: Physical name or ARN.
        patterns: A record is delivered if it matches one of these, or if there are none. JSON.
        from_start: Whether records from before the mapping are delivered too.
        batching_window: How long to wait for a full batch, in seconds.
        on_failure: ARN of the queue that hears of discarded records, or None.
    """

    logical_id: str
    function_name: str
    stream_arn: str
    batch_size: int
    batching_window: float
    patterns: tuple[str, ...]
    from_start: bool
    policy: Policy
    on_failure: str | None


def mappings(cloud: Cloud) -> list[StreamMapping]:
    """The stack's event source mappings of DynamoDB streams that are turned on."""
    resources = cloud.resources("AWS::Lambda::EventSourceMapping")
    return [
        _mapping(resource.logical_id, resource.properties)
        for resource in resources
        if ":dynamodb:" in resource.properties["EventSourceArn"] and resource.properties.get("Enabled", True)
    ]


def matches(patterns: Iterable[str], record: Record) -> bool:
    """Whether a record passes a mapping's filters: event patterns, one of which must match."""
    from moto.events.models import EventPattern

    patterns = list(patterns)
    return not patterns or any(EventPattern.load(pattern).matches_event(record) for pattern in patterns)  # type: ignore[arg-type]


class StreamPump:
    """Polls one stream and delivers its records, in a thread of its own.

    Args:
        mapping: What to deliver where.
        cloud: Where the stream is.
        submit: Called with the function's name and an event.
        poll_seconds: Pause between two looks at the stream.
    """

    def __init__(
        self,
        mapping: StreamMapping,
        cloud: Cloud,
        submit: Callable[[str, object], Future[object]],
        poll_seconds: float,
    ) -> None:
        self.mapping = mapping
        self._cloud = cloud
        self._submit = submit
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._position = 0 if mapping.from_start else cloud.stream_length(mapping.stream_arn)
        self._thread = threading.Thread(target=self._run, name=f"stream-{mapping.logical_id}", daemon=True)

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

    def _run(self) -> None:
        while not self._stopping.wait(self._poll_seconds):
            while self._deliver_next():
                pass

    def _deliver_next(self) -> bool:
        """Delivers one batch; False if there is none, or on the way out."""
        records = self._read()
        if records and len(records) < self.mapping.batch_size and self.mapping.batching_window:
            self._stopping.wait(self.mapping.batching_window)
            records = self._read()
        if not records:
            return False
        wanted = [record for record in records if matches(self.mapping.patterns, record)]
        if wanted and not deliver(wanted, self.mapping.policy, self):
            return False
        self._position += len(records)
        return True

    def _read(self) -> list[Record]:
        return self._cloud.stream_records(self.mapping.stream_arn, self._position, self.mapping.batch_size)

    # ---- the consumer that delivery asks for

    def invoke(self, records: Sequence[Record]) -> object:
        """Calls the function with a batch."""
        return self._submit(self.mapping.function_name, {"Records": list(records)}).result()

    def discard(self, records: Sequence[Record], condition: str, invocations: int) -> None:
        """Tells the failure destination, if the mapping has one, which records were given up."""
        if self.mapping.on_failure is not None:
            shard = self._cloud.shard_id(self.mapping.stream_arn)
            message = failure_message(self.mapping, shard, records, condition, invocations, datetime.now(UTC))
            self._cloud.send_to_queue(self.mapping.on_failure, json.dumps(message))

    def pause(self, attempts: int) -> bool:
        """Waits a little longer after every failed attempt; False when the pump is stopping."""
        seconds = min(_FIRST_PAUSE_SECONDS * 2 ** min(attempts, 10), _LONGEST_PAUSE_SECONDS)
        return not self._stopping.wait(seconds)

    def age(self, record: Record) -> float:
        """Seconds since the record was written."""
        return time.time() - float(record["dynamodb"]["ApproximateCreationDateTime"])


def failure_message(
    mapping: StreamMapping, shard_id: str, records: Sequence[Record], condition: str, invocations: int, now: datetime
) -> dict[str, Any]:
    """What Lambda sends to a failure destination: where the records are, not the records."""
    first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": mapping.function_name,
            "condition": condition,
            "approximateInvokeCount": invocations,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": _iso(now),
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _iso(_arrival(first)),
            "approximateArrivalOfLastRecord": _iso(_arrival(last)),
            "batchSize": len(records),
            "streamArn": mapping.stream_arn,
        },
    }


def _mapping(logical_id: str, properties: dict[str, Any]) -> StreamMapping:
    return StreamMapping(
        logical_id=logical_id,
        function_name=properties["FunctionName"],
        stream_arn=properties["EventSourceArn"],
        batch_size=int(properties.get("BatchSize", _DEFAULT_BATCH_SIZE)),
        batching_window=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
        patterns=tuple(entry["Pattern"] for entry in properties.get("FilterCriteria", {}).get("Filters", [])),
        from_start=properties.get("StartingPosition", "TRIM_HORIZON") == "TRIM_HORIZON",
        policy=Policy(
            max_retries=int(properties.get("MaximumRetryAttempts", UNLIMITED)),
            max_age_seconds=float(properties.get("MaximumRecordAgeInSeconds", UNLIMITED)),
            bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
            partial_success="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        ),
        on_failure=properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
    )


def _arrival(record: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(record["ApproximateCreationDateTime"]), UTC)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
