from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from infra.local.cloud import Cloud
from infra.local.endpoint import AwsEndpoint
from infra.local.errors import FunctionError
from infra.local.pump import UNLIMITED, Record, Source
from infra.local.streams import StreamPump


def _records(count: int) -> list[Record]:
    return [{"dynamodb": {"SequenceNumber": str(100 + position)}, "position": position} for position in range(count)]


def _report(*positions: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": str(100 + position)} for position in positions]}


class Consumer(StreamPump):
    """Records what a function is given; ``behave`` decides what comes of a batch of positions."""

    def __init__(
        self, behave: Callable[[list[int]], object], ages: dict[int, float] | None = None, **settings: Any
    ) -> None:
        super().__init__(Source("Id", "arn:stream", "function", **settings), Cloud(AwsEndpoint()), self._call)
        self.behave = behave
        self.ages = ages or {}
        self.batches: list[list[int]] = []
        self.discarded: list[tuple[list[int], str, int]] = []
        self.stop_after: int | None = None

    def _call(self, function: str, event: Any) -> Future[object]:
        positions = [record["position"] for record in event["Records"]]
        self.batches.append(positions)
        outcome: Future[object] = Future()
        try:
            outcome.set_result(self.behave(positions))
        except FunctionError as error:
            outcome.set_exception(error)
        return outcome

    def discard(self, records: Sequence[Record], condition: str, invocations: int) -> None:
        self.discarded.append(([record["position"] for record in records], condition, invocations))

    def pause(self, attempts: int) -> bool:
        return self.stop_after is None or len(self.batches) < self.stop_after

    def age(self, record: Record) -> float:
        return self.ages.get(record["position"], 0)


def _fails_on(*bad: int) -> Callable[[list[int]], object]:
    def behave(positions: list[int]) -> object:
        if set(bad) & set(positions):
            raise FunctionError("ValueError", "on purpose")
        return None

    return behave


def test_a_batch_that_succeeds_is_delivered_once() -> None:
    consumer = Consumer(lambda _: None)

    assert consumer.deliver(_records(3))

    assert consumer.batches == [[0, 1, 2]]


def test_a_batch_that_fails_is_retried_as_a_whole_and_then_given_up() -> None:
    consumer = Consumer(_fails_on(1), max_retries=2)

    consumer.deliver(_records(3))

    assert consumer.batches == [[0, 1, 2]] * 3
    assert consumer.discarded == [([0, 1, 2], "RetryAttemptsExhausted", 3)]


def test_bisecting_gives_up_the_bad_record_alone() -> None:
    consumer = Consumer(_fails_on(2), max_retries=0, bisect=True)

    consumer.deliver(_records(4))

    assert consumer.batches == [[0, 1, 2, 3], [0, 1], [2, 3], [2], [3]]
    assert consumer.discarded == [([2], "RetryAttemptsExhausted", 1)]


def test_splitting_uses_up_no_retry() -> None:
    consumer = Consumer(_fails_on(0), max_retries=1, bisect=True)

    consumer.deliver(_records(2))

    assert consumer.batches == [[0, 1], [0], [0], [1]]


def test_partial_success_retries_from_the_first_failure() -> None:
    answers = iter([_report(2, 1), None])
    consumer = Consumer(lambda _: next(answers), max_retries=1, reports_failures=True)

    consumer.deliver(_records(4))

    assert consumer.batches == [[0, 1, 2, 3], [1, 2, 3]]
    assert consumer.discarded == []


def test_getting_further_begins_a_new_count_of_attempts() -> None:
    answers = iter([_report(1), _report(2), _report(3), None])
    consumer = Consumer(lambda _: next(answers), max_retries=1, reports_failures=True)

    consumer.deliver(_records(4))

    assert consumer.batches == [[0, 1, 2, 3], [1, 2, 3], [2, 3], [3]]
    assert consumer.discarded == []


def test_a_record_that_keeps_failing_takes_the_rest_of_its_batch_along() -> None:
    consumer = Consumer(lambda positions: _report(1) if 1 in positions else None, max_retries=1, reports_failures=True)

    consumer.deliver(_records(3))

    assert consumer.batches == [[0, 1, 2], [1, 2]]
    assert consumer.discarded == [([1, 2], "RetryAttemptsExhausted", 2)]


def test_reports_count_only_where_the_mapping_asks_for_them() -> None:
    consumer = Consumer(lambda _: _report(0), reports_failures=False)

    consumer.deliver(_records(2))

    assert consumer.batches == [[0, 1]]


def test_records_that_grew_too_old_are_not_delivered() -> None:
    consumer = Consumer(lambda _: None, ages={0: 61, 1: 60}, max_age_seconds=60)

    consumer.deliver(_records(3))

    assert consumer.batches == [[1, 2]]
    assert consumer.discarded == [([0], "RecordAgeExceeded", 0)]


def test_unlimited_retries_go_on_until_it_is_stopped() -> None:
    consumer = Consumer(_fails_on(0), max_retries=UNLIMITED)
    consumer.stop_after = 20

    assert not consumer.deliver(_records(1))

    assert len(consumer.batches) == 20
    assert consumer.discarded == []
