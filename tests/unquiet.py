"""Clients as unquiet as AWS can be: somebody else writes in between, a call is the process's last, or fails."""

from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from tests.memory import Items


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


class Unquiet:
    """A client with its own methods, to take its place in a function's wiring.

    Args:
        client: A client of DynamoDB or another service.

    Attributes:
        between: Each is called once, in order, after a read of an item and before the reader has its answer. Reads of
            the closures, with which every invocation begins, are none of these.
        watch: Called with a method's name and ``before`` or ``after``; what it raises, the caller gets.
    """

    def __init__(self, client: Any) -> None:
        self.between: deque[Callable[[], object]] = deque()
        self.watch: Callable[[str, str], object] = lambda method, phase: None
        self._client = client

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
        answer = method(**request)
        if name == "get_item" and self.between and request["Key"]["sk"] != {"S": "CLOSURES"}:
            self.between.popleft()()
        self.watch(name, "after")
        return answer


class Rivals:
    """Others who write the same leads: every second read of a lead is out of date before its reader has it."""

    def __init__(self, items: Callable[[], Items]) -> None:
        self._items = items
        self._turns = count()

    def __bool__(self) -> bool:
        return True

    def popleft(self) -> Callable[[], None]:
        """What to do after this read."""
        return self._write if next(self._turns) % 2 == 0 else lambda: None

    def _write(self) -> None:
        for at, item in self._items().items():
            if "version" in item:
                self._items()[at] = {**item, "version": {"N": str(int(item["version"]["N"]) + 1)}}
