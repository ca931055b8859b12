"""Clients as unquiet as AWS can be: an index is late, somebody else writes in between, a call is the process's last.

moto's indexes show at once what was written, and nobody writes between a read and the write that follows: races pass
unseen there.
"""

from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

from infra.local.late_index import LateIndex

_WRITES = ("put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item")


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


class Unquiet:
    """A client of moto's with its own methods, to take its place in a function's wiring.

    Args:
        client: moto's client, of DynamoDB or another service.
        clock: Gives the time in seconds since the epoch; indexes catch up by it alone.
        late: How many seconds indexes are late.

    Attributes:
        between: Each is called once, in order, after a read of an item and before the reader has its answer. Reads of
            the closures, with which every invocation begins, are none of these.
        watch: Called with a method's name and ``before`` or ``after``; what it raises, the caller gets.
    """

    def __init__(self, client: Any, clock: Callable[[], float], late: float = 0.0) -> None:
        self.between: deque[Callable[[], object]] = deque()
        self.watch: Callable[[str, str], object] = lambda method, phase: None
        self._client = client
        self._clock = clock
        self._index = LateIndex(late) if late else None
        if self._index:
            self._index.note(clock())

    def kill(self, at: int) -> None:
        """Let the call of this number from now on be the last: even numbers before it is made, odd ones after."""
        moments = iter(range(at + 1))

        def watch(method: str, phase: str) -> None:
            if next(moments, at + 1) == at:
                raise Killed(f"{phase} {method}")

        self.watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return partial(self._call, name, found) if callable(found) else found

    def _call(self, name: str, method: Callable[..., Any], **request: Any) -> Any:
        self.watch(name, "before")
        with self._index.shown(self._clock()) if self._index and "IndexName" in request else nullcontext():
            answer = method(**request)
        if self._index and name in _WRITES:
            self._index.note(self._clock())
        if name == "get_item" and self.between and request["Key"]["sk"] != {"S": "CLOSURES"}:
            self.between.popleft()()
        self.watch(name, "after")
        return answer
