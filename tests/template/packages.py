"""Checkouts built with the SAM CLI, as a person builds them, and what came of it."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.build.dependencies import find_uv
from infra.build.package import PACKAGES
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


def build_for_here(*, project: Path, home: Path, folder: Path) -> Path:
    """`ARCH=... sam build` into `folder`, for the machine that the tests run on."""
    options = ("--build-dir", str(folder), "--parameter-overrides", f"Architecture={HERE}")
    sam("build", *options, project=project, home=home, environment={"ARCH": HERE})
    return folder


def _at_hand(home: Path) -> dict[str, str]:
    """The Python environment and the uv that are here: nothing is installed again. SAM's own files go to `home`."""
    return {"VENV": sys.prefix, "UV": find_uv(), "ARCH": "", "__SAM_CLI_APP_DIR": str(home)}


def digests(build: Path) -> dict[str, str]:
    """The SHA-256 of each function's zip, zipped as `sam deploy` does."""
    from samcli.lib.package.utils import make_zip_with_lambda_permissions

    found = {}
    for logical_id in PACKAGES:
        zipped = Path(make_zip_with_lambda_permissions(str(build / f"{logical_id}-packed"), str(build / logical_id)))
        found[logical_id] = hashlib.sha256(zipped.read_bytes()).hexdigest()
    return found


def zip_sizes(build: Path) -> dict[str, int]:
    """The size of each function's zip in bytes; call `digests` first."""
    return {logical_id: (build / f"{logical_id}-packed.zip").stat().st_size for logical_id in PACKAGES}


def architectures(package: Path) -> set[str]:
    """Which processors the binaries in a package are for."""
    headers = [path.read_bytes()[:20] for path in package.rglob("*") if path.is_file()]
    elf = [header for header in headers if header.startswith(b"\x7fELF")]
    return {ELF_MACHINES.get(int.from_bytes(header[18:20], "little"), "other") for header in elf}
