"""The compiler's one error: something in the sources is wrong, and it says where."""

from collections.abc import Iterable
from pathlib import Path

from shared.errors import NeedlepointError

ROOT = Path(__file__).parents[2]


class ContentError(NeedlepointError):
    """One or more faults in the sources, each once, and each a line of the message: `file:line: field: what it is`."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(self.faults))


def fault(path: Path, line: int | None, field: str, message: str) -> str:
    """One line of a ContentError. `path` is shown relative to the project where it is inside it."""
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    place = f"{shown}:{line}" if line else f"{shown}"
    return f"{place}: {field}: {message}"
