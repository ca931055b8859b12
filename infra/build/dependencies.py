"""The libraries of a function, as uv.lock pins them, for the platform that Lambda runs on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from infra.build.errors import BuildError

# Nothing of this is read when a function runs. METADATA stays, because vulnerability scanners such as Amazon Inspector
# know a package by it, and so do the licences.
UNUSED = (
    ".lock",
    "bin",
    "*.dist-info/INSTALLER",
    "*.dist-info/RECORD",
    "*.dist-info/REQUESTED",
    "*.dist-info/WHEEL",
    "*.dist-info/direct_url.json",
    "*.dist-info/uv_*.json",
    "**/*.po",  # gettext reads what was compiled from it
    "**/*.pot",
    "**/*.pyi",
    "**/py.typed",
    # Half a megabyte of JavaScript for API documentation pages.
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.min.*",
)


_FIND_UV = Path(__file__).with_name("uv.sh")


class Architecture(StrEnum):
    """A processor architecture, by Lambda's name."""

    ARM64 = "arm64"
    X86_64 = "x86_64"

    @property
    def platform(self) -> str:
        """What uv calls the platform of Lambda's Python 3.13 on it: Amazon Linux 2023 has glibc 2.34."""
        return {"arm64": "aarch64", "x86_64": "x86_64"}[self] + "-manylinux_2_28"


def install(
    group: str, target: Path, architecture: Architecture, project: Path, unused: Iterable[str] = UNUSED
) -> None:
    """Install what a dependency group needs into a folder, without what is of no use at run time.

    Args:
        group: A name among pyproject.toml's dependency groups.
        target: The folder that the libraries' packages go into.
        architecture: Whose binaries to take; a library without a wheel for it is an error.
        project: Where pyproject.toml and uv.lock are.
        unused: Patterns of what is of no use.

    Raises:
        BuildError: uv cannot be had, or fails.
    """
    requirements = export(group, project, "--no-emit-project", "--no-header", "--no-annotate")
    if not requirements.strip():
        return
    what = ("--no-deps", "--only-binary", ":all:", "--python-platform", architecture.platform)
    # Links into uv's cache: files may come and go here, but none may be opened for writing. `seal` copies what is left.
    how = ("--python", sys.executable, "--target", str(target), "--link-mode", "hardlink")
    _uv(["pip", "install", *what, *how, "--requirements", "-"], requirements)
    remove(target, unused)


def export(group: str, project: Path, *how: str) -> str:
    """What uv.lock has for a dependency group, as `uv export` writes it. Raises BuildError when uv cannot."""
    return _uv(["export", "--frozen", "--project", str(project), "--only-group", group, *how])


def remove(target: Path, patterns: Iterable[str]) -> None:
    """Remove the files and folders that match a pattern."""
    for pattern in patterns:
        for path in list(target.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def find_uv() -> str:
    """The path of uv, which is fetched where there is none.

    Raises:
        BuildError: It cannot be fetched.
    """
    found = subprocess.run(["sh", str(_FIND_UV)], capture_output=True, text=True, check=False)
    if found.returncode:
        raise BuildError(found.stderr.strip())
    return found.stdout.strip()


def _uv(arguments: Sequence[str], given: str = "") -> str:
    # An activated environment is the caller's business, not this package's.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    command = [find_uv(), "--quiet", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise BuildError(f"`uv {' '.join(arguments)}` failed:\n{done.stderr.strip()}")
    return done.stdout
