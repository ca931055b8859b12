"""The work folder, `.bench`: the runtime and the packages are made there, and results are left there."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

from infra.build.package import PACKAGES, ROOT, compile_site
from tests.bench import packages, runtime
from tests.bench.environment import processors
from tests.bench.packages import RUNTIME_SDK, Packaging, Unpacked

WORK = ROOT / ".bench"
_started_at = monotonic()


def say(what: str) -> None:
    """Tell whoever waits what is going on, and for how long already."""
    print(f"{monotonic() - _started_at:5.0f} s  {what}", flush=True)


def clear() -> None:
    """Remove what an earlier run made, but for its results. Raises BenchError on machines that cannot run packages."""
    packages.architecture()
    say(f"Clearing {WORK.relative_to(ROOT)}")
    for part in ("built", "site", "task"):
        packages.remove(WORK / part)
    for part in ("built", "task"):
        (WORK / part).mkdir(parents=True)


def make_runtime() -> Path:
    """Lambda's runtime; returns its Python."""
    say(f"Lambda's runtime, into {WORK.relative_to(ROOT)}/runtime")
    return runtime.build(WORK / "runtime")


def runtime_libraries() -> Unpacked:
    """What the runtime brings along."""
    (installed,) = (WORK / "runtime").glob("lib/python*/site-packages")
    return Unpacked(installed, 0)


def make_packages(names: Sequence[str]) -> dict[str, Unpacked]:
    """Build packages and unpack them: ours by logical id, a peer's as `fastapi-sam`, the floor's."""
    say(f"Packages: {', '.join(names)}")
    compile_site(WORK / "site")
    with ThreadPoolExecutor(processors()) as pool:
        return dict(zip(names, pool.map(_make_package, names), strict=True))


def _make_package(name: str) -> Unpacked:
    built = WORK / "built" / name
    owner, _, packaging = name.partition("-")
    if owner in PACKAGES:
        packages.build_function(owner, built, brings_sdk=packaging != RUNTIME_SDK)
    else:
        packages.build_peer(owner, Packaging(packaging or Packaging.OURS), built, WORK / "site")
    return packages.deploy(built, WORK / "task" / name)
