"""What a check finds, and how it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        level: How bad it is.
        what: What is so, a sentence without its full stop.
        do: What to do about it; empty where all is well.
    """

    level: Level
    what: str
    do: str = ""

    def lines(self) -> Iterator[str]:
        """Itself as rows of the table."""
        yield f"{self.level:<5}  {self.what}"
        if self.do:
            yield f"{'':5}    -> {self.do}"


def note(what: str, do: str) -> Finding:
    """Something to know; everything works."""
    return Finding(Level.NOTE, what, do)


def wrong(what: str, do: str) -> Finding:
    """Something that does not work, or will not."""
    return Finding(Level.WRONG, what, do)
