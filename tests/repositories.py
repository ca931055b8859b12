"""Copies of this project that are a test's own: to release from, and to run tests of theirs in."""

import os
import subprocess
import sys
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder. Raises CalledProcessError."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def begin(folder: Path) -> Path:
    """Make a folder of this project's files a repository with one commit, from which there is something to release."""
    changelog = folder / "CHANGELOG.md"
    head, unreleased, after = changelog.read_text("utf-8").partition("## [Unreleased]\n")
    # Whatever is under Unreleased here at the moment, something is there.
    changelog.write_text(f"{head}{unreleased}\n### Added\n\n- A thing.\n{after}", "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@x.test")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All")
    return folder


def run_tests(folder: Path, *arguments: str) -> None:
    """Run pytest in a copy of this project. Raises AssertionError, with what it printed, where a test fails."""
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert tests.returncode == 0, tests.stdout[-20_000:] + tests.stderr
