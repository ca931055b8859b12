"""DynamoDB streams to functions: what Lambda's event source mappings do, by the template's settings."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from infra.local.cloud import Cloud
from infra.local.delivery import UNLIMITED, Policy, Record, deliver
from infra.local.pump import Pump, Source

_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0


class StreamPump(Pump):
    """Gives the records of a table's stream to a function.

    Args:
        source: What to deliver where.
        cloud: Where the stream is.
        submit: Called with the function's name and an event.
        poll_seconds: Pause between two looks at the stream.
    """

    def __init__(
        self, source: Source, cloud: Cloud, submit: Callable[[str, object], Future[object]], poll_seconds: float
    ) -> None:
        super().__init__(source, poll_seconds)
        self._cloud = cloud
        self._submit = submit
        self._policy = policy(source)
        from_start = source.properties.get("StartingPosition", "TRIM_HORIZON") == "TRIM_HORIZON"
        self._position = 0 if from_start else cloud.stream_length(source.arn)

    def deliver_next(self) -> bool:
        """Delivers one batch; False if there is none, or on the way out."""
        records = self._read()
        if records and len(records) < self.source.batch_size and self.source.batching_window:
            self._stopping.wait(self.source.batching_window)
            records = self._read()
        if not records:
            return False
        wanted = [record for record in records if self.source.wants(record)]
        if wanted and not deliver(wanted, self._policy, self):
            return False
        self._position += len(records)
        return True

    def _read(self) -> list[Record]:
        return self._cloud.stream_records(self.source.arn, self._position, self.source.batch_size)

    # ---- the consumer that delivery asks for

    def invoke(self, records: Sequence[Record]) -> object:
        """Calls the function with a batch."""
        return self._submit(self.source.function_name, {"Records": list(records)}).result()

    def discard(self, records: Sequence[Record], condition: str, invocations: int) -> None:
        """Tells the failure destination, if the mapping has one, which records were given up."""
        destination = self.source.properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        if destination is not None:
            shard = self._cloud.shard_id(self.source.arn)
            message = failure_message(self.source, shard, records, condition, invocations, datetime.now(UTC))
            self._cloud.send(destination, json.dumps(message))

    def pause(self, attempts: int) -> bool:
        """Waits a little longer after every failed attempt; False when the pump is stopping."""
        seconds = min(_FIRST_PAUSE_SECONDS * 2 ** min(attempts, 10), _LONGEST_PAUSE_SECONDS)
        return not self._stopping.wait(seconds)

    def age(self, record: Record) -> float:
        """Seconds since the record was written."""
        return time.time() - float(record["dynamodb"]["ApproximateCreationDateTime"])


def policy(source: Source) -> Policy:
    """The settings for failures."""
    properties = source.properties
    return Policy(
        max_retries=int(properties.get("MaximumRetryAttempts", UNLIMITED)),
        max_age_seconds=float(properties.get("MaximumRecordAgeInSeconds", UNLIMITED)),
        bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
        partial_success=source.reports_failures,
    )


def failure_message(
    source: Source, shard_id: str, records: Sequence[Record], condition: str, invocations: int, now: datetime
) -> dict[str, Any]:
    """What Lambda sends to a failure destination: where the records are, not the records."""
    first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": source.function_name,
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
            "streamArn": source.arn,
        },
    }


def _arrival(record: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(record["ApproximateCreationDateTime"]), UTC)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
