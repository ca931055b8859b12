"""The interpreter as Lambda's runtime has it: Python, the Runtime Interface Client, boto3, all of it compiled."""

import re
import shutil
import subprocess
import sysconfig
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from tests.bench.errors import BenchError

# What Lambda's runtime brings along, and what a package therefore need not.
BROUGHT_ALONG = ("awslambdaric", "boto3")
_NOT_IMPORTED = "/(test|tests|idlelib|turtledemo|ensurepip)/"


def build(folder: Path) -> Path:
    """Make an environment with nothing but `BROUGHT_ALONG`, in the versions of the one that runs this.

    Args:
        folder: Where to; what is there is replaced.

    Returns:
        Its Python.

    Raises:
        BenchError: One of them is not installed here.
    """
    venv.EnvBuilder(clear=True, symlinks=True).create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    for each in _with_requirements(BROUGHT_ALONG):
        _copy(each, packages)
    python = folder / "bin" / "python"
    # Python's own modules usually come compiled, and then this only looks.
    command = (str(python), "-m", "compileall", "-q", "-j", "0", "-x", _NOT_IMPORTED)
    for modules in (str(packages), sysconfig.get_path("stdlib")):
        subprocess.run([*command, modules], stdout=subprocess.DEVNULL, check=False)
    return python


def _with_requirements(names: tuple[str, ...]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError as error:
            raise BenchError(f"{name} is not installed: `make bench` runs in the project's own environment") from error
        required = [each for each in found[name].requires or () if ";" not in each]
        pending += [match[0] for each in required if (match := re.match(r"[\w.-]+", each))]
    return list(found.values())


def _copy(packaged: Distribution, target: Path) -> None:
    for file in packaged.files or ():
        if ".." in file.parts or "__pycache__" in file.parts:
            continue
        copy = target / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.locate(), copy)
