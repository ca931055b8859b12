"""Which uv the Makefile uses."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

PINNED = next(
    line.partition("=")[2]
    for line in (ROOT / "infra/build/uv.sh").read_text().splitlines()
    if line.startswith("pinned=")
)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script in a checkout of its own, where nothing can be fetched."""
    copy = tmp_path / "checkout/infra/build/uv.sh"
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / "infra/build/uv.sh", copy)
    return copy


def stand_in(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho 'uv {version} (a stand-in)'\n")
    path.chmod(0o755)
    return path


def find(script: Path, *, first: Path | None = None, named: Path | str = "") -> subprocess.CompletedProcess[str]:
    """Run it with one folder first on the PATH, and UV as given."""
    path = os.pathsep.join(map(str, filter(None, [first, "/usr/bin", "/bin"])))
    return subprocess.run(
        ["/bin/sh", str(script)], env={"PATH": path, "UV": str(named)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("version", ["0.8", "0.8.0", "0.13.9", "0.100.0", "1.0.0"])
def test_uv_on_the_path_is_used_if_recent_enough(script: Path, tmp_path: Path, version: str) -> None:
    uv = stand_in(tmp_path / "bin/uv", version)

    assert find(script, first=uv.parent).stdout == f"{uv}\n"


@pytest.mark.parametrize("version", ["0.7.99", "0.4", "nonsense"])
def test_an_older_one_gives_way_to_the_one_fetched_before(script: Path, tmp_path: Path, version: str) -> None:
    old = stand_in(tmp_path / "bin/uv", version)
    own = stand_in(tmp_path / "checkout/.tools" / f"uv-{PINNED}", PINNED)

    assert find(script, first=old.parent).stdout == f"{own}\n"


def test_the_one_that_is_named_comes_first(script: Path, tmp_path: Path) -> None:
    on_path = stand_in(tmp_path / "bin/uv", "0.13.9")
    named = stand_in(tmp_path / "elsewhere/uv", "0.9.0")

    assert find(script, first=on_path.parent, named=named).stdout == f"{named}\n"


def test_a_name_that_leads_nowhere_is_passed_over(script: Path, tmp_path: Path) -> None:
    on_path = stand_in(tmp_path / "bin/uv", "0.13.9")

    assert find(script, first=on_path.parent, named="/nowhere/uv").stdout == f"{on_path}\n"


def test_where_none_can_be_had_it_says_what_is_missing(script: Path, tmp_path: Path) -> None:
    python = stand_in(tmp_path / "bin/python3", "not a Python")
    python.write_text("#!/bin/sh\nexit 1\n")
    for tool in ("awk", "cat", "dirname", "id", "mkdir", "mktemp", "rm"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or "")
    script.write_text(script.read_text().replace("/usr/bin/python3", str(python)))

    found = subprocess.run(
        ["/bin/sh", str(script)], env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True, check=False
    )

    assert found.returncode == 1
    assert found.stdout == ""
    assert "Missing: uv 0.8 or later, or a python3 with venv or pip" in found.stderr
    assert not list((tmp_path / "checkout/.tools").iterdir())
