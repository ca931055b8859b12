"""Editing a file takes effect without a restart."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import watch

from infra.local.errors import CompileError, LocalStackError
from infra.local.stack import LocalStack

_FOLDERS = ("functions", "infra/site", "shared")
# Code that the site is compiled from: the compiler's, and the definition of the form that it reads.
_COMPILED_FROM = ("functions/leads", "infra/site", "shared")


def makes_site(path: Path) -> bool:
    """Whether the site is compiled from a file: article, template, catalogue, practice, or code of the compiler's.

    Any other code only needs processes that load it.
    """
    return path.suffix != ".py" or any(path.is_relative_to(folder) for folder in _COMPILED_FROM)


class Watcher(threading.Thread):
    """Watches a project in a thread of its own, keeps a running stack up to date, and says what it does."""

    def __init__(self, stack: LocalStack, project: Path, say: Callable[[str], None]) -> None:
        super().__init__(name="watch", daemon=True)
        self._stack = stack
        self._project = project.resolve()
        self._say = say
        self._stopping = threading.Event()
        self._template = self._template_version()

    def stop(self) -> None:
        """Ends."""
        self._stopping.set()
        self.join()

    def run(self) -> None:
        """What the thread does."""
        folders = [self._project / name for name in _FOLDERS if (self._project / name).is_dir()]
        # The template is looked at in between: watching a single file loses it when an editor replaces it.
        for changes in watch(
            *folders, stop_event=self._stopping, rust_timeout=500, yield_on_timeout=True, raise_interrupt=False
        ):
            if changes and self._stack.is_running:
                self._apply({Path(name).relative_to(self._project) for _, name in changes})
            if self._template_version() != self._template:
                self._template = self._template_version()
                self._restart()

    def _apply(self, paths: Iterable[Path]) -> None:
        changed = sorted(paths)
        names = ", ".join(map(str, changed[:3])) + (" and more" if len(changed) > 3 else "")
        try:
            if any(map(makes_site, changed)):
                self._say(f"{names} changed: compiling the site")
                self._stack.recompile()
            else:
                self._say(f"{names} changed: starting the functions afresh")
                self._stack.replace_environments()
        except CompileError as error:
            self._say(f"{error}\nThe site stays as it was.")

    def _restart(self) -> None:
        self._say("template.yaml changed: creating the stack anew, without the leads and mails of the old one")
        try:
            self._stack.restart()
        except LocalStackError as error:
            rest = "stays as it was" if self._stack.is_running else "is down until template.yaml is right"
            self._say(f"{error}\nThe stack {rest}.")

    def _template_version(self) -> tuple[int, int] | None:
        try:
            status = (self._project / "template.yaml").stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size
