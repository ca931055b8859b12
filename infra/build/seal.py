"""The last step: bytecode, and files that are the same whoever built them, and where."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.build.errors import BuildError

TASK_ROOT = "/var/task"
# The earliest time that a zip can hold, and the one that SAM gives every file.
_TIME = 315_532_800  # 1980-01-01T00:00:00Z


def compile_bytecode(folder: Path) -> None:
    """Put bytecode beside every source in `folder`, with the paths that the sources will have on Lambda.

    It is checked by the source's hash, not its time: SAM zips files dated 1980, and Python throws away all bytecode
    that is checked by time, which makes a cold start more than twice as long.

    Raises:
        BuildError: A source does not compile.
    """
    paths = ("-s", str(folder), "-p", TASK_ROOT)
    command = [sys.executable, "-I", "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", *paths]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"A source does not compile:\n{done.stdout.strip()}")


def copy_sealed(source: Path, target: Path) -> None:
    """Fill `target` with what is in `source`, in order of names, with fixed times and modes.

    What was in `target` before is removed. The order matters, because SAM zips files in the order in which the file
    system lists them, and small folders are listed in the order in which they were filled.
    """
    _clear(target)
    for path in _in_order(source):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir()
        else:
            shutil.copyfile(path, copy)
            copy.chmod(0o644)
            os.utime(copy, (_TIME, _TIME))
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_dir():
            path.chmod(0o755)
            os.utime(path, (_TIME, _TIME))


def _clear(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _in_order(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir():
            yield from _in_order(path)
