"""Checkouts built with the SAM CLI, as a person builds them, and what came of it."""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.build.dependencies import find_uv
from tests.conftest import ROOT

HERE = platform.machine().replace("aarch64", "arm64")

# e_machine in the header of an ELF file (System V ABI).
ELF_MACHINES = {62: "x86_64", 183: "arm64"}


def clone(folder: Path) -> Path:
    """The checkout as git sees it, new files among it, what is ignored not."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def sam(*arguments: str, project: Path, home: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run the SAM CLI; what it said. Raises CalledProcessError, after showing it."""
    done = subprocess.run(
        [sys.executable, "-m", "samcli", *arguments],
        cwd=project,
        env={**os.environ, **_at_hand(home), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    done.check_returncode()
    return done.stdout


def built_for_here(factory: pytest.TempPathFactory) -> Path:
    """`ARCH=... sam build` for the machine that tests run on, from a checkout in another folder, with another README.

    The tests run in several processes, and the first one that asks builds for all of them.
    """
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "a deeper folder"
    checkout, build, is_built = folder / "checkout", folder / "build", folder / "is-built"
    folder.mkdir(exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_built.exists():
            shutil.rmtree(checkout, ignore_errors=True)
            clone(checkout)
            for name in ("README.md", "docs/operations.md"):
                (checkout / name).write_text("Something else.\n", "utf-8")
            options = ("--build-dir", str(build), "--parameter-overrides", f"Architecture={HERE}")
            sam("build", *options, project=checkout, home=folder / "sam", environment={"ARCH": HERE})
            is_built.touch()
    return build


def _at_hand(home: Path) -> dict[str, str]:
    """The Python environment and the uv that are here: nothing is installed again. SAM's own files go to `home`."""
    return {"VENV": sys.prefix, "UV": find_uv(), "ARCH": "", "__SAM_CLI_APP_DIR": str(home)}


def zipped(package: Path, folder: Path) -> Path:
    """A function's zip in a folder, zipped as `sam deploy` does."""
    from samcli.lib.package.utils import make_zip_with_lambda_permissions

    return Path(make_zip_with_lambda_permissions(str(folder / package.name), str(package)))


def entries_for_any_processor(zipped: Path) -> list[tuple[str, int, int, int]]:
    """Each entry's name, mode, checksum and packed size, in order; without binaries, and lists of what is in them."""
    with ZipFile(zipped) as opened:
        entries = [each for each in opened.infolist() if not each.filename.endswith(".so")]
    return [
        (each.filename, each.external_attr, each.CRC, each.compress_size)
        for each in entries
        if ".dist-info/sboms/" not in each.filename
    ]


def architectures(package: Path) -> set[str]:
    """Which processors the binaries in a package are for."""
    headers = [path.read_bytes()[:20] for path in package.rglob("*") if path.is_file()]
    elf = [header for header in headers if header.startswith(b"\x7fELF")]
    return {ELF_MACHINES.get(int.from_bytes(header[18:20], "little"), "other") for header in elf}
