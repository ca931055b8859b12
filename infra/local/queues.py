"""Queues to functions: after AWS's developer guide, "Using Lambda with Amazon SQS" and its partial batch responses."""

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from infra.local.cloud import Cloud
from infra.local.environment import FunctionError
from infra.local.pump import Pump, Source

Message = dict[str, Any]


class QueuePump(Pump):
    """Gives a queue's messages to a function and deletes those that it has dealt with.

    The others come again when their visibility time is over, and go where the queue's redrive policy says in the end.

    Args:
        source: What to deliver where.
        cloud: Where the queue is.
        submit: Called with the function's name and an event.
        poll_seconds: Pause between two looks at the queue.
    """

    def __init__(
        self, source: Source, cloud: Cloud, submit: Callable[[str, object], Future[object]], poll_seconds: float
    ) -> None:
        super().__init__(source, poll_seconds)
        self._cloud = cloud
        self._submit = submit

    def deliver_next(self) -> bool:
        """Delivers one batch; False if there is none, or on the way out."""
        messages = self._cloud.receive(self.source.arn, self.source.batch_size)
        if messages and len(messages) < self.source.batch_size and self.source.batching_window:
            self._stopping.wait(self.source.batching_window)
            messages += self._cloud.receive(self.source.arn, self.source.batch_size - len(messages))
        if not messages:
            return False
        wanted = [each for each in messages if self.source.wants({**each, "body": _as_json(each["body"])})]
        failed = self._failed(wanted) if wanted else set()
        done = [message["receiptHandle"] for message in messages if message["messageId"] not in failed]
        self._cloud.delete(self.source.arn, done)  # what no filter asks for is deleted too
        return not self._stopping.is_set()

    def _failed(self, messages: list[Message]) -> set[str]:
        """Calls the function; the ids of the messages that it has not dealt with."""
        ids = {message["messageId"] for message in messages}
        try:
            result = self._submit(self.source.function_name, {"Records": messages}).result()
        except FunctionError:
            return ids
        return failed_ids(result, ids) if self.source.reports_failures else set()


def failed_ids(result: object, ids: Iterable[str]) -> set[str]:
    """The ids that a function reported as failed; a report that names no message of the batch fails all of it."""
    if not result:
        return set()
    everything = set(ids)
    if not isinstance(result, Mapping):
        return everything
    try:
        failed = {failure["itemIdentifier"] for failure in result.get("batchItemFailures") or ()}
    except (KeyError, TypeError):
        return everything
    return failed if failed.issubset(everything) else everything


def _as_json(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body
