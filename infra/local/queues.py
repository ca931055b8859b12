"""Queues to functions: after AWS's developer guide, "Using Lambda with Amazon SQS" and its partial batch responses."""

import json

from infra.local.errors import FunctionError
from infra.local.pump import Pump, Record


class QueuePump(Pump):
    """Gives a queue's messages to a function and deletes those that it has dealt with.

    The others come again when their visibility time is over, and go where the queue's redrive policy says in the end.
    """

    def deliver_next(self) -> bool:
        """Delivers one batch; False if there is none, or on the way out."""
        source = self.source
        messages = self._cloud.receive(source.arn, source.batch_size)
        if not messages:
            return False
        wanted = [each for each in messages if source.wants({**each, "body": _as_json(each["body"])})]
        failed = self._failed(wanted) if wanted else set()
        done = [message["receiptHandle"] for message in messages if message["messageId"] not in failed]
        self._cloud.delete(source.arn, done)  # what no filter asks for is deleted too
        return not self.stopping.is_set()

    def _failed(self, messages: list[Record]) -> set[str]:
        try:
            return self.invoke(messages)
        except FunctionError:
            return {message["messageId"] for message in messages}


def _as_json(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body
