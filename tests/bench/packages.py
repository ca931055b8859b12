"""The packages: built as their builders build them, zipped as SAM zips them, unpacked as Lambda unpacks them."""

import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from infra.build import dependencies, package, sdk, seal
from infra.build.dependencies import Architecture
from infra.build.imports import reachable
from shared.consent import CONSENT_ID, CONSENT_VERSION
from shared.http import SECURITY_HEADERS
from tests.bench.errors import BenchError

PEERS = Path(__file__).parent / "peers"
FLOOR = "floor"
PUT = "put"
# These do none of our jobs: they are what others are measured by.
BARE = (FLOOR, PUT)
# The end of a package's name if it is one of ours without the SDK: `LeadsFunction-runtime_sdk`.
RUNTIME_SDK = "runtime_sdk"
# The one of our modules that the peers use as well: what a lead is, without any I/O.
_DOMAIN = "shared.lead"
# The first is not called: boto3's resource is made from its description.
_PEERS_CALLS = {"dynamodb": ("DescribeTable", "PutItem")}
# botocore and what it needs, which the runtime has as well.
_SDK = ("botocore*", "dateutil", "python_dateutil*", "jmespath*", "six*", "urllib3*")
# What Chalice's own packager takes along of Chalice.
_CHALICE = ("__init__.py", "app.py")


class Packaging(StrEnum):
    """How a peer is packaged.

    SAM: as SAM's default builder does it: the wheels unpacked beside the sources, boto3 among them, no bytecode.
    OURS: as `infra.build` does it: pruned and compiled, the SDK's data cut down to the calls that are made.
    """

    SAM = "sam"
    OURS = "ours"


@dataclass(frozen=True)
class Unpacked:
    """A package as a function finds it: its folder, which cannot be written to, and the size of the zip it came in."""

    folder: Path
    zip_bytes: int

    def versions(self) -> Mapping[str, str]:
        """The libraries in it."""
        return {each.name: each.version for each in distributions(path=[str(self.folder)])}


def architecture() -> Architecture:
    """This machine's. Raises BenchError where Lambda's packages cannot run."""
    machine = {"aarch64": "arm64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    if platform.system() != "Linux" or machine not in list(Architecture):
        raise BenchError("The bench runs what Lambda runs, and that is Linux on x86-64 or ARM 64.")
    return Architecture(machine)


def build_function(logical_id: str, out: Path, *, brings_sdk: bool = True) -> None:
    """Build one of our functions' packages for this machine. Raises `infra.build.errors.BuildError`.

    Args:
        logical_id: Which one.
        out: The folder to fill.
        brings_sdk: Whether it brings botocore, as it does, or leaves that to Lambda's runtime.
    """
    package.build(package.PACKAGES[logical_id], out, architecture())
    if not brings_sdk:
        for part in (path for name in _SDK for path in out.glob(name)):
            shutil.rmtree(part) if part.is_dir() else part.unlink()


def build_peer(name: str, packaging: Packaging, out: Path, site: Path) -> None:
    """Build a peer's package for this machine.

    Args:
        name: A folder of `peers/`, and a dependency group of its `pyproject.toml`.
        packaging: In which of the two ways.
        out: The folder to fill, which does not exist yet.
        site: A task root with `compiled/`, for the pages.
    """
    if packaging == Packaging.SAM:
        out.mkdir()
        _install_as_sam(name, out)
        _add_sources(name, out, site)
        return
    with tempfile.TemporaryDirectory(prefix="needlepoint-bench-") as work:
        files = Path(work, "files")
        files.mkdir()
        for group in _groups(name):
            dependencies.install(group, files, architecture(), PEERS)
        if name != FLOOR:
            sdk.trim(files, _PEERS_CALLS)
        _add_sources(name, files, site)
        seal.compile_bytecode(files)
        seal.copy_sealed(files, out)


def deploy(built: Path, target: Path) -> Unpacked:
    """Zip a package by SAM's own function, and unpack it the way Lambda does: SAM's dates, and nothing to be written.

    Args:
        built: The unpacked package.
        target: The folder to unpack it into, which does not exist yet; the zip lies beside it.
    """
    from samcli.lib.package.utils import make_zip_with_lambda_permissions

    zipped = Path(make_zip_with_lambda_permissions(str(target), str(built)))
    with zipfile.ZipFile(zipped) as archive:
        for member in archive.infolist():
            _extract(archive, member, target)
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    return Unpacked(target, zipped.stat().st_size)


def remove(folder: Path) -> None:
    """Remove a folder, also where it cannot be written to."""
    if folder.exists():
        for path in (folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())):
            path.chmod(0o755)
        shutil.rmtree(folder)


def write_site(site: Path, out: Path) -> None:
    """Write the pages as the peers have them: `site.json`, and a file for each.

    Args:
        site: A task root with `compiled/`.
        out: The folder to write into.
    """
    compiled = site / "compiled"
    index = json.loads((compiled / "site" / "index.json").read_bytes())
    practice = json.loads((compiled / "practice.json").read_bytes())
    out.mkdir()
    pages: dict[str, dict[str, Any]] = {}
    for path, number in index["paths"].items():
        row = index["rows"][number]
        if "/articles/" in path and row["headers"]["content-type"].startswith("text/html"):
            file = f"{row['body']}.html"
            pages[path] = {"file": file, "headers": {**SECURITY_HEADERS, **row["headers"]}}
            shutil.copyfile(compiled / "site" / "bodies" / row["body"], out / file)
    facts = {
        "country": practice["address"]["country"],
        "locales": practice["locales"],
        "articles": _revisions(compiled / "forms"),
        "consent_id": CONSENT_ID,
        "consent_version": CONSENT_VERSION,
        "pages": pages,
    }
    (out / "site.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def _revisions(forms: Path) -> dict[str, dict[str, str]]:
    """The revision of each article by slug and locale."""
    found: dict[str, dict[str, str]] = {}
    for form in sorted(forms.glob("*.json")):
        slug, locale, _ = form.name.split(".")
        document: dict[str, Any] = json.loads(form.read_bytes())
        found.setdefault(slug, {})[locale] = str(document["revision"])
    return found


def _groups(name: str) -> Sequence[str]:
    """The dependency groups of a peer: its own, and the SDK, for boto3 is in everybody's requirements.txt."""
    return (name,) if name in BARE else (name, "sdk")


def _install_as_sam(name: str, target: Path) -> None:
    """What `pip install --target` leaves behind, which is what SAM's builder takes: everything, and no bytecode."""
    uv = dependencies.find_uv()
    groups = (part for group in _groups(name) for part in ("--only-group", group))
    what = ("export", "--frozen", "--project", str(PEERS), *groups, "--no-emit-project")
    requirements = subprocess.run([uv, "--quiet", *what], stdout=subprocess.PIPE, check=True).stdout
    how = ("--no-deps", "--only-binary", ":all:", "--python-platform", architecture().platform, "--link-mode", "copy")
    python = ("--python-version", "3.13", "--target", target)
    subprocess.run(
        [uv, "--quiet", "pip", "install", *how, *python, "--requirements", "-"], input=requirements, check=True
    )
    (target / ".lock").unlink(missing_ok=True)  # uv's own


def _add_sources(name: str, files: Path, site: Path) -> None:
    _prune_chalice(files)
    shutil.copyfile(PEERS / name / "app.py", files / "app.py")
    if name in BARE:
        return
    shutil.copytree(PEERS / "domain", files / "domain", ignore=shutil.ignore_patterns("__pycache__"))
    for source in reachable(_DOMAIN, package.ROOT).values():
        copy = files / source.relative_to(package.ROOT)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, copy)
    write_site(site, files / "site")


def _prune_chalice(files: Path) -> None:
    for path in files.glob("chalice/*"):
        if path.name not in _CHALICE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    file = target / member.filename
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(archive.read(member))
    file.chmod(member.external_attr >> 16 & 0o555)
    seconds = time.mktime((*member.date_time, 0, 0, -1))
    os.utime(file, (seconds, seconds))
