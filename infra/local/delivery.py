"""How Lambda delivers a batch of stream records: retries, partial success, bisecting, giving up.

After AWS's developer guide, "Using AWS Lambda with Amazon DynamoDB" and "Configuring partial batch response with
DynamoDB and Lambda". What the guide leaves open: a retry that gets further starts a new count of attempts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from infra.local.environment import FunctionError

Record = dict[str, Any]
UNLIMITED = -1


@dataclass(frozen=True)
class Policy:
    """An event source mapping's settings for failures.

    Attributes:
        max_retries: Of one batch; :data:`UNLIMITED` for as long as the records live.
        max_age_seconds: Older records are discarded undelivered; :data:`UNLIMITED` for never.
        bisect: Whether a batch that made the function fail is split in two.
        partial_success: Whether the function reports which records failed.
    """

    max_retries: int = UNLIMITED
    max_age_seconds: float = UNLIMITED
    bisect: bool = False
    partial_success: bool = False


class Consumer(Protocol):
    """The function and the failure destination, as :func:`deliver` sees them."""

    def invoke(self, records: Sequence[Record]) -> object:
        """Calls the function; returns its result or raises :class:`FunctionError`."""

    def discard(self, records: Sequence[Record], condition: str, invocations: int) -> None:
        """Gives records up; ``condition`` says why, in Lambda's words."""

    def pause(self, attempts: int) -> bool:
        """Waits before the next attempt; False to stop delivering."""

    def age(self, record: Record) -> float:
        """Seconds since the record came into being."""


@dataclass(frozen=True)
class _Batch:
    records: Sequence[Record]
    attempts: int = 0


def deliver(records: Sequence[Record], policy: Policy, consumer: Consumer) -> bool:
    """Delivers records in order, until each has been processed or discarded.

    Returns:
        False if the consumer stopped it; the records are then to be delivered again.
    """
    waiting = [_Batch(records)]
    while waiting:
        batch = _drop_expired(waiting.pop(), policy, consumer)
        if not batch.records:
            continue
        rest = _attempt(batch, policy, consumer)
        if rest and not consumer.pause(max(part.attempts for part in rest)):
            return False
        waiting.extend(reversed(rest))
    return True


def first_failure(result: object, records: Sequence[Record]) -> int | None:
    """The position of the first record that a function reported as failed, or None if it reported none.

    A report that names no record of the batch counts as a failure of the whole.
    """
    if not result:
        return None
    if not isinstance(result, Mapping):
        return 0
    failures = result.get("batchItemFailures") or []
    positions = {record["dynamodb"]["SequenceNumber"]: position for position, record in enumerate(records)}
    try:
        return min((positions[failure["itemIdentifier"]] for failure in failures), default=None)
    except (KeyError, TypeError):
        return 0


def _attempt(batch: _Batch, policy: Policy, consumer: Consumer) -> list[_Batch]:
    """Invokes the function once; returns what is left to deliver."""
    attempts = batch.attempts + 1
    try:
        result = consumer.invoke(batch.records)
    except FunctionError:
        if policy.bisect and len(batch.records) > 1:
            middle = len(batch.records) // 2
            # Splitting does not count as a retry.
            return [_Batch(batch.records[:middle], batch.attempts), _Batch(batch.records[middle:], batch.attempts)]
        return _retry(batch.records, attempts, policy, consumer)
    failed = first_failure(result, batch.records) if policy.partial_success else None
    if failed is None:
        return []
    return _retry(batch.records[failed:], attempts if failed == 0 else 1, policy, consumer)


def _retry(records: Sequence[Record], attempts: int, policy: Policy, consumer: Consumer) -> list[_Batch]:
    if policy.max_retries != UNLIMITED and attempts > policy.max_retries:
        consumer.discard(records, "RetryAttemptsExhausted", attempts)
        return []
    return [_Batch(records, attempts)]


def _drop_expired(batch: _Batch, policy: Policy, consumer: Consumer) -> _Batch:
    if policy.max_age_seconds == UNLIMITED:
        return batch
    young = [record for record in batch.records if consumer.age(record) <= policy.max_age_seconds]
    expired = batch.records[: len(batch.records) - len(young)]  # records are in order, the oldest first
    if expired:
        consumer.discard(expired, "RecordAgeExceeded", batch.attempts)
    return _Batch(young, batch.attempts)
