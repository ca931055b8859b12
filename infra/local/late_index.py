"""Indexes that are late: moto's show at once what was written, DynamoDB's some time after."""

import copy
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.template import ACCOUNT_ID, REGION

Items = dict[Any, Any]


class LateIndex:
    """Remembers what moto's tables held, and lets a query look at that. Call it with moto at rest.

    Args:
        seconds: How late indexes are.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        # What each table held from a time on, oldest first.
        self._held: deque[tuple[float, dict[str, Items]]] = deque()

    def note(self, now: float) -> None:
        """Remembers what the tables hold from `now` on, in seconds of whatever clock."""
        self._held.append((now, {name: copy.deepcopy(table.items) for name, table in _tables().items()}))

    @contextmanager
    def shown(self, now: float) -> Iterator[None]:
        """Within it, the tables hold what they held so many seconds before `now`."""
        while len(self._held) > 1 and self._held[1][0] <= now - self.seconds:
            self._held.popleft()
        tables = _tables()
        held = {name: table.items for name, table in tables.items()}
        try:
            for name, items in self._held[0][1].items() if self._held else ():
                tables[name].items = items
            yield
        finally:
            for name, items in held.items():
                tables[name].items = items


def _tables() -> dict[str, Any]:
    from moto.dynamodb.models import dynamodb_backends

    return dict(dynamodb_backends[ACCOUNT_ID][REGION].tables)
