"""DynamoDB streams to functions: batches, retries, partial success, bisecting, giving up.

After AWS's developer guide, "Using AWS Lambda with Amazon DynamoDB" and "Configuring partial batch response with
DynamoDB and Lambda". What the guide leaves open: a retry that gets further starts a new count of attempts.
"""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.bus import Submit, timestamp
from infra.local.cloud import Cloud
from infra.local.errors import FunctionError
from infra.local.pump import UNLIMITED, Pump, Record, Source, record_id

_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class _Batch:
    records: Sequence[Record]
    attempts: int = 0


class StreamPump(Pump):
    """Gives the records of a table's stream to a function, in order."""

    def __init__(self, source: Source, cloud: Cloud, submit: Submit) -> None:
        super().__init__(source, cloud, submit)
        self._position = 0 if source.from_start else cloud.stream_length(source.arn)

    def deliver_next(self) -> bool:
        """Delivers one batch; False if there is none, or on the way out."""
        source = self.source
        records = self._cloud.stream_records(source.arn, self._position, source.batch_size)
        if not records or not self.deliver([record for record in records if source.wants(record)]):
            return False
        self._position += len(records)
        return True

    def deliver(self, records: Sequence[Record]) -> bool:
        """Delivers records until each has been processed or discarded.

        Returns:
            False if the pump is stopping; the records are then to be delivered again.
        """
        waiting = [_Batch(records)]
        while waiting:
            batch = self._without_expired(waiting.pop())
            rest = self._attempt(batch) if batch.records else []
            if rest and not self.pause(max(part.attempts for part in rest)):
                return False
            waiting.extend(reversed(rest))
        return True

    def discard(self, records: Sequence[Record], condition: str, invocations: int) -> None:
        """Gives records up and tells the failure destination, if there is one; `condition` is Lambda's word for why."""
        if self.source.on_failure is not None:
            shard = self._cloud.shard_id(self.source.arn)
            message = failure_message(self.source, shard, records, condition, invocations, datetime.now(UTC))
            self._cloud.send(self.source.on_failure, json.dumps(message))

    def pause(self, attempts: int) -> bool:
        """Waits a little longer after every failed attempt; False when the pump is stopping."""
        seconds = min(_FIRST_PAUSE_SECONDS * 2 ** min(attempts, 10), _LONGEST_PAUSE_SECONDS)
        return not self.stopping.wait(seconds)

    def age(self, record: Record) -> float:
        """Seconds since the record was written."""
        return time.time() - float(record["dynamodb"]["ApproximateCreationDateTime"])

    def _attempt(self, batch: _Batch) -> list[_Batch]:
        """Invokes the function once; what is left to deliver."""
        records, attempts = batch.records, batch.attempts + 1
        try:
            failed = self.invoke(records)
        except FunctionError:
            middle = len(records) // 2
            if self.source.bisect and middle:  # splitting does not count as a retry
                return [_Batch(records[:middle], batch.attempts), _Batch(records[middle:], batch.attempts)]
            return self._retry(records, attempts)
        first = next((position for position, record in enumerate(records) if record_id(record) in failed), None)
        if first is None:
            return []
        return self._retry(records[first:], attempts if first == 0 else 1)

    def _retry(self, records: Sequence[Record], attempts: int) -> list[_Batch]:
        if self.source.max_retries != UNLIMITED and attempts > self.source.max_retries:
            self.discard(records, "RetryAttemptsExhausted", attempts)
            return []
        return [_Batch(records, attempts)]

    def _without_expired(self, batch: _Batch) -> _Batch:
        limit = self.source.max_age_seconds
        if limit == UNLIMITED:
            return batch
        young = [record for record in batch.records if self.age(record) <= limit]
        expired = batch.records[: len(batch.records) - len(young)]  # records are in order, the oldest first
        if expired:
            self.discard(expired, "RecordAgeExceeded", batch.attempts)
        return _Batch(young, batch.attempts)


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
        "timestamp": timestamp(now),
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _arrival(first),
            "approximateArrivalOfLastRecord": _arrival(last),
            "batchSize": len(records),
            "streamArn": source.arn,
        },
    }


def _arrival(record: Record) -> str:
    return timestamp(datetime.fromtimestamp(float(record["ApproximateCreationDateTime"]), UTC))
