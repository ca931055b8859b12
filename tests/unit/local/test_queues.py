import json
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from infra.local.cloud import Cloud
from infra.local.endpoint import AwsEndpoint
from infra.local.errors import FunctionError
from infra.local.pump import Source, failed_ids
from infra.local.queues import QueuePump

ARN = "arn:aws:sqs:us-east-1:123456789012:queue"


class Queue(Cloud):
    """A queue that holds what it is told, and remembers what is deleted from it."""

    def __init__(self, *bodies: str) -> None:
        super().__init__(AwsEndpoint())
        self.waiting = [{"messageId": body, "receiptHandle": f"r-{body}", "body": body} for body in bodies]
        self.deleted: list[str] = []

    def receive(self, queue_arn: str, limit: int) -> list[dict[str, Any]]:
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def delete(self, queue_arn: str, receipt_handles: Any) -> None:
        self.deleted += receipt_handles


def deliver(queue: Queue, outcome: object, **settings: Any) -> list[list[str]]:
    """The bodies of each batch that the function was given."""
    batches: list[list[str]] = []

    def submit(function: str, event: Any) -> Future[object]:
        batches.append([record["body"] for record in event["Records"]])
        future: Future[object] = Future()
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
        return future

    pump = QueuePump(Source("Id", ARN, "function", **settings), queue, submit)
    while pump.deliver_next():
        pass
    return batches


def report(ids: Sequence[object]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}


def test_messages_come_in_batches_and_are_deleted_when_they_are_dealt_with() -> None:
    queue = Queue("a", "b", "c")

    assert deliver(queue, None, batch_size=2) == [["a", "b"], ["c"]]
    assert queue.deleted == ["r-a", "r-b", "r-c"]


def test_a_batch_that_fails_stays_in_the_queue() -> None:
    queue = Queue("a", "b")

    deliver(queue, FunctionError("ValueError", "on purpose"))

    assert queue.deleted == []


def test_of_a_batch_that_is_reported_to_have_failed_in_part_the_rest_is_deleted() -> None:
    queue = Queue("a", "b", "c")

    deliver(queue, report(["b"]), reports_failures=True)

    assert queue.deleted == ["r-a", "r-c"]


def test_reports_count_only_where_the_mapping_asks_for_them() -> None:
    queue = Queue("a")

    deliver(queue, report(["a"]))

    assert queue.deleted == ["r-a"]


def test_what_no_filter_asks_for_is_deleted_undelivered() -> None:
    wanted, other = json.dumps({"kind": "bounce"}), json.dumps({"kind": "open"})
    queue = Queue(wanted, other, "no JSON")

    assert deliver(queue, None, patterns=('{"body": {"kind": ["bounce"]}}',)) == [[wanted]]
    assert len(queue.deleted) == 3


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        (None, set()),
        ({}, set()),
        (report([]), set()),
        ({"batchItemFailures": None}, set()),
        (report(["a"]), {"a"}),
        (report(["a", "a"]), {"a"}),
        (report(["a", "unknown"]), {"a", "b"}),
        (report([""]), {"a", "b"}),
        (report([None]), {"a", "b"}),
        ({"batchItemFailures": ["a"]}, {"a", "b"}),
        ("a string", {"a", "b"}),
    ],
)
def test_a_report_that_makes_no_sense_fails_the_whole_batch(result: object, failed: set[str]) -> None:
    assert failed_ids(result, ["a", "b"]) == failed
