"""The canary, where tests are about something else."""

import time
from contextlib import closing

from functions.canary.marks import Marks
from infra.local.stack import LocalStack


def rests(stack: LocalStack) -> None:
    """It came through just now, so no schedule that a test wakes sends another."""
    with closing(stack._client("dynamodb")) as client:
        Marks(stack.cloud.outputs()["LeadTableName"], client, keep_days=1).write_proven(time.time())


def is_due(stack: LocalStack) -> None:
    """It is a day since it came through."""
    with closing(stack._client("dynamodb")) as client:
        Marks(stack.cloud.outputs()["LeadTableName"], client, keep_days=1).write_proven(time.time() - 86_400)
