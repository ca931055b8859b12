"""A Chromium: found on this machine, or installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

# Root needs the first; the others keep Chromium from looking up hosts of its own.
FLAGS: Final = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Debian's, without what a window has around a page: a third less work, and no cache of the pages that one goes back to.
_SHELL: Final = "chromium-headless-shell"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC: Final = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_PLAYWRIGHTS: Final = (
    "from playwright.sync_api import sync_playwright as start\nwith start() as p: print(p.chromium.executable_path)"
)

type Say = Callable[[str], None]


class ToolMissing(Exception):
    """A program is not on this machine and cannot be installed. The message says what was tried."""


def chromium(say: Say, *, whole: bool = False) -> Path:
    """A Chromium or Chrome: what CHROME_PATH names, the PATH's, Playwright's own; else one that is installed now.

    Args:
        say: Is told what is installed.
        whole: It has to be more than a headless shell.

    Raises:
        ToolMissing: There is none, and neither Playwright nor apt-get can install it.
    """
    if found := _find(whole=whole):
        return found
    say("Chromium is not on this machine: asking Playwright to install it")
    if _runs([sys.executable, "-m", "playwright", "install", "chromium"]) and (found := _find(whole=whole)):
        return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("That did not work: installing Debian's chromium")
        _runs(["apt-get", "update", "-qq"])
        _runs(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", "chromium"])
        if found := _find(whole=whole):
            return found
    raise ToolMissing("no Chromium on the PATH or in CHROME_PATH, and neither Playwright nor apt-get could install it")


@contextmanager
def browsing(executable: Path) -> Iterator[Browser]:
    """A browser without a window, closed at the end."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=executable, args=FLAGS) as started:
        yield started


def _find(*, whole: bool) -> Path | None:
    if named := os.environ.get("CHROME_PATH"):
        return Path(named)
    on_path = next(filter(None, map(shutil.which, _NAMES if whole else (_SHELL, *_NAMES))), None)
    if on_path:
        return Path(on_path)
    if _MAC.exists():
        return _MAC
    asked = subprocess.run([sys.executable, "-c", _PLAYWRIGHTS], capture_output=True, text=True, check=False)
    playwrights = Path(asked.stdout.strip() or os.devnull)
    return playwrights if playwrights.is_file() else None


def _runs(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, timeout=600, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False
