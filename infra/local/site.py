"""Compiling the site, in a process of its own, so that changes to the compiler's own code count too."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from infra.local.errors import CompileError

Compile = Callable[[Path, str], None]
"""Called with the task root and the site's origin; raises :class:`CompileError` and then leaves the old site alone."""


def compiler(project: Path, *, drafts: bool = False) -> Compile:
    """A project's own compiler; with `drafts`, articles that are not yet published are compiled too."""

    def compile_site(task_root: Path, origin: str) -> None:
        command = [sys.executable, "-m", "infra.site", str(task_root), "--origin", origin, *["--drafts"] * drafts]
        done = subprocess.run(
            command, cwd=project, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode != 0:
            raise CompileError((done.stderr.strip() or done.stdout.strip() or "The compiler failed.")[-4_000:])

    return compile_site
