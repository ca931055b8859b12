"""Cleans up when the stack's own process is killed and cannot do it itself.

A process of its own, so that nothing needs to run inside a function for it, and so that it works wherever there are
process groups. It reads ``+<group>`` and ``-<group>`` lines from its standard input; when that closes, whoever held
the other end is gone, every group still listed is killed, and the folders it was started with are removed.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path


class Reaper:
    """The side of the stack: tells the reaper's process which groups are alive, and which folders to remove."""

    def __init__(self, *folders: Path) -> None:
        self._lock = threading.Lock()
        command = [sys.executable, "-I", "-S", __file__, *map(str, folders)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def watch(self, group: int) -> None:
        """The process group is alive and must not outlive the stack."""
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """The process group has ended; its number may now be another's."""
        self._tell(f"-{group}\n")

    def stop(self) -> None:
        """Ends the reaper, and what it still watches."""
        with self._lock:
            self._process.communicate()

    def _tell(self, line: str) -> None:
        with self._lock, contextlib.suppress(BrokenPipeError, ValueError):
            os.write(self._process.stdin.fileno(), line.encode())  # type: ignore[union-attr]  # it is a pipe


def groups_left(lines: Iterable[str]) -> set[int]:
    """The groups that were announced and not withdrawn."""
    groups: set[int] = set()
    for line in lines:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    return groups


def main() -> None:
    """Runs until standard input closes, then kills what is left and removes the folders."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for group in groups_left(sys.stdin):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    for folder in sys.argv[1:]:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
