"""The last release, as its commit has it: what this one is deployed over, and what a rollback brings back."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from infra.ops import release
from tests.conftest import ROOT


def released() -> list[tuple[str, str]]:
    """The releases in the changelog, newest first: version, and commit where that is written down."""
    return release.released(ROOT)


def file(path: str) -> str:
    """The text of a file of the last release."""
    return _git("show", f"{_commit()}:{path}").decode()


def has_duties() -> bool:
    """Whether it derives what is to be done (`shared/duties.py`), as all do after 0.2.0.

    A lead of 0.2.0's owes its alert and nothing else. Nor has it tombstones, or asks what an enquiry is about.
    """
    return bool(_git("ls-tree", _commit(), "shared/duties.py"))


def unpack(folder: Path, *paths: str) -> None:
    """Write files and folders of the last release into a folder."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", _commit(), *paths))) as archive:
        archive.extractall(folder, filter="data")


def _commit() -> str:
    # The newest may not know its own yet: the commit after it writes it down.
    version, commit = next(each for each in released() if each[1])
    # A clone may lack history and tags, but what is held against the last release cannot do without it.
    if subprocess.run(["git", "cat-file", "-e", commit], capture_output=True, check=False, cwd=ROOT).returncode:
        pytest.fail(f"This clone lacks release {version}: git fetch origin {commit}", pytrace=False)
    return commit


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], capture_output=True, check=True, cwd=ROOT).stdout
