"""Repositories of a test's own, to release from."""

import subprocess
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
