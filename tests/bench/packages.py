"""The packages as their builders make them, and the interpreter that Lambda's runtime has for them."""

import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from infra.build import dependencies, sdk, seal
from infra.build.dependencies import Architecture
from infra.build.errors import BuildError
from infra.build.imports import reachable
from infra.build.package import ROOT
from shared.consent import CONSENT_ID, CONSENT_VERSION
from shared.http import SECURITY_HEADERS

PEERS = Path(__file__).parent / "peers"
# These do none of our jobs: they are what others are measured by.
FLOOR = "floor"
PUT = "put"
# The one of our modules that the peers use as well: what a lead is, without any I/O.
_DOMAIN = "shared.lead"
# What shows the list of open enquiries, beside our inbox.
LIST = "fastapi_jinja"
# The first is not called: boto3's resource is made from its description.
_STORING = ("DescribeTable", "PutItem")
_LISTING = ("BatchGetItem", "GetItem", "Query")
# botocore and what it needs, which the runtime has as well.
_SDK = ("botocore*", "dateutil", "python_dateutil*", "jmespath*", "six*", "urllib3*")
# What Chalice's own packager takes along of Chalice.
_CHALICE = ("__init__.py", "app.py")
_NOT_IMPORTED = "/(test|tests|idlelib|turtledemo|ensurepip)/"


class Packaging(StrEnum):
    """How a peer is packaged.

    SAM: as SAM's default builder does it: the wheels unpacked beside the sources, boto3 among them, no bytecode.
    OURS: as `infra.build` does it: pruned and compiled, the SDK's data cut down to the calls that are made.
    """

    SAM = "sam"
    OURS = "ours"


def architecture() -> Architecture:
    """This machine's. Raises BuildError where Lambda's packages cannot run."""
    machine = {"aarch64": "arm64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    if platform.system() != "Linux" or machine not in list(Architecture):
        raise BuildError("The bench runs what Lambda runs, and that is Linux on x86-64 or ARM 64.")
    return Architecture(machine)


def versions(folder: Path) -> Mapping[str, str]:
    """The libraries in a folder."""
    return {each.name: each.version for each in distributions(path=[str(folder)])}


def build_runtime(folder: Path) -> Path:
    """Make an environment with what Lambda's runtime brings along, all of it compiled; returns its Python."""
    venv.EnvBuilder(clear=True, symlinks=True).create(folder)
    python = folder / "bin" / "python"
    dependencies.install("runtime", site_packages(folder), architecture(), PEERS)
    # Python's own modules usually come compiled, and then this only looks.
    compile_all = (python, "-m", "compileall", "-q", "-j", "0", "-x", _NOT_IMPORTED)
    for modules in (site_packages(folder), sysconfig.get_path("stdlib")):
        subprocess.run([*compile_all, modules], stdout=subprocess.DEVNULL, check=False)
    return python


def site_packages(runtime: Path) -> Path:
    """Where the runtime's libraries are."""
    (found,) = runtime.glob("lib/python*/site-packages")
    return found


def check_out(where: str, target: Path) -> Path:
    """A checkout that somebody named: the folder `where`, or the git commit, which is unpacked into `target`."""
    if Path(where).is_dir():
        return Path(where).resolve()
    archive = target.with_suffix(".zip")
    subprocess.run(["git", "archive", "--format=zip", f"--output={archive}", where], cwd=ROOT, check=True)
    shutil.unpack_archive(archive, target)
    return target


def build_function(logical_id: str, out: Path, *, root: Path = ROOT, brings_sdk: bool = True) -> None:
    """Build one of our functions' packages for this machine, by the build of the checkout that it is in.

    Args:
        logical_id: Which one.
        out: The folder to fill.
        root: The checkout.
        brings_sdk: Whether it brings botocore, as it does, or leaves that to Lambda's runtime.
    """
    command = [sys.executable, "-m", "infra.build", logical_id, str(out), "--arch", architecture()]
    environment = {**os.environ, "UV": dependencies.find_uv()}
    subprocess.run(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, check=True)
    if not brings_sdk:
        dependencies.remove(out, _SDK)


def build_peer(name: str, packaging: Packaging, out: Path, site: Path) -> None:
    """Build a peer's package for this machine.

    Args:
        name: A folder of `peers/`, and a dependency group of its `pyproject.toml`.
        packaging: In which of the two ways.
        out: The folder to fill.
        site: A task root with `compiled/`, for the pages.
    """
    with tempfile.TemporaryDirectory(prefix="needlepoint-bench-") as work:
        files = Path(work)
        # boto3 is in everybody's requirements.txt.
        for group in (name,) if name in (FLOOR, PUT) else (name, "sdk"):
            unused = () if packaging == Packaging.SAM else dependencies.UNUSED
            dependencies.install(group, files, architecture(), PEERS, unused)
        unread = [path for path in files.glob("chalice/*") if path.name not in _CHALICE]
        dependencies.remove(files, [str(path.relative_to(files)) for path in unread])
        if packaging == Packaging.OURS and name != FLOOR:
            sdk.trim(files, {"dynamodb": _LISTING if name == LIST else _STORING})
        _add_sources(name, files, site)
        if packaging == Packaging.OURS:
            seal.compile_bytecode(files)
        seal.copy_sealed(files, out)


def _add_sources(name: str, files: Path, site: Path) -> None:
    shutil.copytree(PEERS / name, files, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    if name in (FLOOR, PUT):
        return
    shutil.copytree(PEERS / "domain", files / "domain", ignore=shutil.ignore_patterns("__pycache__"))
    for source in reachable(_DOMAIN, ROOT).values():
        copy = files / source.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, copy)
    _write_site(site / "compiled", files / "site")


def _write_site(compiled: Path, out: Path) -> None:
    """Write the pages as the peers have them: `site.json`, and a file for each."""
    index = json.loads((compiled / "site" / "index.json").read_bytes())
    practice = json.loads((compiled / "practice.json").read_bytes())
    out.mkdir()
    pages = {}
    for path, number in index["paths"].items():
        row = index["rows"][number]
        if "/articles/" in path and row["headers"]["content-type"].startswith("text/html"):
            pages[path] = {"file": f"{row['body']}.html", "headers": {**SECURITY_HEADERS, **row["headers"]}}
            shutil.copyfile(compiled / "site" / "bodies" / row["body"], out / f"{row['body']}.html")
    articles: dict[str, dict[str, Any]] = {}
    for form in sorted((compiled / "forms").glob("*.json")):
        slug, locale, _ = form.name.split(".")
        articles.setdefault(slug, {})[locale] = json.loads(form.read_bytes())["revision"]
    facts = {
        "practice": practice["name"],
        "time_zone": practice["time_zone"],
        "country": practice["address"]["country"],
        "locales": practice["locales"],
        "articles": articles,
        "consent_id": CONSENT_ID,
        "consent_version": CONSENT_VERSION,
        "pages": pages,
    }
    (out / "site.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
