"""What functions write to their logs, kept for a look at the end of the day and passed on as it comes."""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_LEVELS = ("CRITICAL", "FATAL", "ERROR", "WARNING", "WARN", "INFO", "DEBUG", "TRACE")
_SEVERE = frozenset(["CRITICAL", "FATAL", "ERROR", "WARNING", "WARN"])


@dataclass(frozen=True)
class LogLine:
    """One line of a function's log: when it was read (UTC), logical id, log stream, ``ERROR`` or so, and the line."""

    time: datetime
    function: str
    stream: str
    level: str
    text: str

    @property
    def is_severe(self) -> bool:
        """Whether it is a warning or worse."""
        return self.level in _SEVERE


class Logs:
    """The last lines of every function's log; a listener gets each line, in the thread that read it."""

    def __init__(self, listener: Callable[[LogLine], None] | None = None, capacity: int = 5_000) -> None:
        self._lines: deque[LogLine] = deque(maxlen=capacity)
        self._lock = threading.Lock()
        self._listener = listener

    def add(self, function: str, stream: str, text: str) -> None:
        """Records one line."""
        line = LogLine(datetime.now(UTC), function, stream, level_of(text), text)
        with self._lock:
            self._lines.append(line)
        if self._listener is not None:
            self._listener(line)

    def lines(self) -> list[LogLine]:
        """The lines kept, oldest first."""
        with self._lock:
            return list(self._lines)


def level_of(text: str) -> str:
    """The level a log line names, in JSON or in its first words; INFO if it names none."""
    if text.startswith("{"):
        try:
            return str(json.loads(text).get("level", "INFO")).upper()
        except ValueError:
            pass
    if text.startswith("Traceback (most recent call last)"):
        return "ERROR"
    words = text[:40].upper().replace("[", " ").replace("]", " ").split()
    return next((level for level in _LEVELS if level in words), "INFO")
