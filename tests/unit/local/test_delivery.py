from collections.abc import Callable, Sequence
from typing import Any

import pytest

from infra.local.delivery import UNLIMITED, Policy, Record, deliver, first_failure
from infra.local.environment import FunctionError

PARTIAL = Policy(max_retries=1, partial_success=True)


def _records(count: int) -> list[Record]:
    return [{"dynamodb": {"SequenceNumber": str(100 + position)}, "position": position} for position in range(count)]


def _report(*positions: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": str(100 + position)} for position in positions]}


class Consumer:
    """Records what a function is given; ``behave`` decides what comes of a batch of positions."""

    def __init__(self, behave: Callable[[list[int]], object], ages: dict[int, float] | None = None) -> None:
        self.behave = behave
        self.ages = ages or {}
        self.batches: list[list[int]] = []
        self.discarded: list[tuple[list[int], str, int]] = []
        self.stop_after: int | None = None

    def invoke(self, records: Sequence[Record]) -> object:
        positions = [record["position"] for record in records]
        self.batches.append(positions)
        return self.behave(positions)

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

    assert deliver(_records(3), Policy(), consumer)

    assert consumer.batches == [[0, 1, 2]]


def test_a_batch_that_fails_is_retried_as_a_whole_and_then_given_up() -> None:
    consumer = Consumer(_fails_on(1))

    deliver(_records(3), Policy(max_retries=2), consumer)

    assert consumer.batches == [[0, 1, 2]] * 3
    assert consumer.discarded == [([0, 1, 2], "RetryAttemptsExhausted", 3)]


def test_bisecting_gives_up_the_bad_record_alone() -> None:
    consumer = Consumer(_fails_on(2))

    deliver(_records(4), Policy(max_retries=0, bisect=True), consumer)

    assert consumer.batches == [[0, 1, 2, 3], [0, 1], [2, 3], [2], [3]]
    assert consumer.discarded == [([2], "RetryAttemptsExhausted", 1)]


def test_splitting_uses_up_no_retry() -> None:
    consumer = Consumer(_fails_on(0))

    deliver(_records(2), Policy(max_retries=1, bisect=True), consumer)

    assert consumer.batches == [[0, 1], [0], [0], [1]]


def test_partial_success_retries_from_the_first_failure() -> None:
    answers = iter([_report(2, 1), None])
    consumer = Consumer(lambda _: next(answers))

    deliver(_records(4), PARTIAL, consumer)

    assert consumer.batches == [[0, 1, 2, 3], [1, 2, 3]]
    assert consumer.discarded == []


def test_getting_further_begins_a_new_count_of_attempts() -> None:
    answers = iter([_report(1), _report(2), _report(3), None])
    consumer = Consumer(lambda _: next(answers))

    deliver(_records(4), PARTIAL, consumer)

    assert consumer.batches == [[0, 1, 2, 3], [1, 2, 3], [2, 3], [3]]
    assert consumer.discarded == []


def test_a_record_that_keeps_failing_takes_the_rest_of_its_batch_along() -> None:
    consumer = Consumer(lambda positions: _report(1) if 1 in positions else None)

    deliver(_records(3), PARTIAL, consumer)

    assert consumer.batches == [[0, 1, 2], [1, 2]]
    assert consumer.discarded == [([1, 2], "RetryAttemptsExhausted", 2)]


def test_reports_count_only_where_the_mapping_asks_for_them() -> None:
    consumer = Consumer(lambda _: _report(0))

    deliver(_records(2), Policy(partial_success=False), consumer)

    assert consumer.batches == [[0, 1]]


def test_records_that_grew_too_old_are_not_delivered() -> None:
    consumer = Consumer(lambda _: None, ages={0: 61, 1: 60})

    deliver(_records(3), Policy(max_age_seconds=60), consumer)

    assert consumer.batches == [[1, 2]]
    assert consumer.discarded == [([0], "RecordAgeExceeded", 0)]


def test_unlimited_retries_go_on_until_it_is_stopped() -> None:
    consumer = Consumer(_fails_on(0))
    consumer.stop_after = 20

    assert not deliver(_records(1), Policy(max_retries=UNLIMITED), consumer)

    assert len(consumer.batches) == 20
    assert consumer.discarded == []


@pytest.mark.parametrize("result", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, ""])
def test_results_that_report_no_failure(result: object) -> None:
    assert first_failure(result, _records(2)) is None


@pytest.mark.parametrize(
    "result",
    [
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"id": "101"}]},
        {"batchItemFailures": [{"itemIdentifier": "101"}, {"itemIdentifier": "unknown"}]},
        {"batchItemFailures": ["101"]},
        "a string",
    ],
)
def test_a_report_that_makes_no_sense_fails_the_whole_batch(result: object) -> None:
    assert first_failure(result, _records(2)) == 0
