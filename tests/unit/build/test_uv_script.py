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
    for name in ("uv.sh", "certificates.sh"):
        shutil.copy(ROOT / "infra/build" / name, copy.parent)
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


@pytest.mark.parametrize("version", ["0.10", "0.10.0", "0.13.9", "0.100.0", "1.0.0"])
def test_uv_on_the_path_is_used_if_recent_enough(script: Path, tmp_path: Path, version: str) -> None:
    uv = stand_in(tmp_path / "bin/uv", version)

    assert find(script, first=uv.parent).stdout == f"{uv}\n"


@pytest.mark.parametrize("version", ["0.9.99", "0.4", "nonsense"])
def test_an_older_one_gives_way_to_the_one_fetched_before(script: Path, tmp_path: Path, version: str) -> None:
    old = stand_in(tmp_path / "bin/uv", version)
    own = stand_in(tmp_path / "checkout/.tools" / f"uv-{PINNED}", PINNED)

    assert find(script, first=old.parent).stdout == f"{own}\n"


def test_the_one_that_is_named_comes_first(script: Path, tmp_path: Path) -> None:
    on_path = stand_in(tmp_path / "bin/uv", "0.13.9")
    named = stand_in(tmp_path / "elsewhere/uv", "0.11.0")

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
    assert "Missing: uv 0.10 or later, or a python3 with venv or pip" in found.stderr
    assert not list((tmp_path / "checkout/.tools").iterdir())


PYTHON_WITH_PIP = """#!/bin/sh
# A python3 that makes no environments and whose pip reaches the registry with the network's own certificates alone.
case "$*" in
    "-m venv"*) exit 1 ;;
    "-m pip --version") exit 0 ;;
esac
echo "$*" >>{log}
case "$*" in *{only_with}*) ;; *) echo "SSLError: CERTIFICATE_VERIFY_FAILED" >&2; exit 1 ;; esac
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/bin" && : >"$2/bin/uv"
"""


@pytest.mark.parametrize(
    ("only_with", "bundle", "tries"),
    [("--quiet", True, 1), ("--cert", True, 2), ("--cert", False, 1), ("nothing", True, 2)],
)
def test_pip_takes_the_systems_certificates_where_its_own_do_not_do(
    script: Path, tmp_path: Path, only_with: str, bundle: bool, tries: int
) -> None:
    # given
    python, log, certificates = tmp_path / "bin/python3", tmp_path / "log", tmp_path / "certificates.pem"
    python.parent.mkdir()
    python.write_text(PYTHON_WITH_PIP.format(log=log, only_with=only_with))
    python.chmod(0o755)
    trusted(script, certificates if bundle else None)

    # when
    found = find(script, first=python.parent)

    # then
    calls = log.read_text().splitlines()
    assert len(calls) == tries
    assert (f"--cert {certificates}" in calls[-1]) == (tries == 2)
    installed = tmp_path / "checkout/.tools" / f"uv-{PINNED}"
    succeeds = only_with == "--quiet" or (only_with == "--cert" and bundle)
    assert (found.returncode, found.stdout) == ((0, f"{installed}\n") if succeeds else (1, ""))
    assert succeeds or f"uv {PINNED} could not be installed" in found.stderr


@pytest.mark.parametrize(
    ("bundle", "given", "told"),
    [
        (True, {}, "true true"),
        (True, {"UV_SYSTEM_CERTS": "false"}, "false false"),
        (True, {"UV_NATIVE_TLS": "false"}, "true false"),
        # uv does not start if it is to trust a system that trusts nobody.
        (False, {}, "unset unset"),
    ],
)
def test_uv_trusts_what_the_system_trusts(
    script: Path, tmp_path: Path, bundle: bool, given: dict[str, str], told: str
) -> None:
    certificates = tmp_path / "certificates.pem"
    trusted(script, certificates if bundle else None)
    shutil.copy(ROOT / "Makefile", tmp_path / "checkout")
    show = 'include Makefile\nshow:; @echo "$${UV_SYSTEM_CERTS-unset} $${UV_NATIVE_TLS-unset}"\n'
    (tmp_path / "checkout/show.mk").write_text(show)

    done = subprocess.run(
        ["make", "--silent", "--file=show.mk", "show"],
        cwd=tmp_path / "checkout",
        env={"PATH": os.defpath, **given},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"{told}\n"


def trusted(script: Path, certificates: Path | None) -> None:
    """Let the system trust what stands in one file, or nothing."""
    names = script.with_name("certificates.sh")
    names.write_text(names.read_text().replace("/etc/", "/nowhere/"))
    if certificates:
        certificates.write_text("-----BEGIN CERTIFICATE-----\n")
        names.write_text(names.read_text().replace("/nowhere/ssl/cert.pem", str(certificates)))
