"""Release what is committed: `make release VERSION=0.3.0` (`python -m infra.ops.release VERSION`).

Two commits and a tag: the release itself, with its number in pyproject.toml and uv.lock and its heading in the
changelog; then one that names the first, because a clone may lack the tags. Nothing leaves this machine: whoever
released pushes.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from shared.errors import NeedlepointError

ROOT: Final = Path(__file__).parents[2]
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+")
_UNRELEASED: Final = "## [Unreleased]\n"
# Where the number stands, before it.
_NUMBERED: Final = {
    "pyproject.toml": '[project]\nname = "needlepoint"\nversion = "{}"\n',
    "uv.lock": '[[package]]\nname = "needlepoint"\nversion = "{}"\n',
}


class CannotRelease(NeedlepointError):
    """What is here cannot be released; the message says why."""


def released(root: Path = ROOT) -> list[tuple[str, str]]:
    """The releases in a checkout's changelog, newest first: version, and commit where that is written down."""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d\n(?:\nCommit ([0-9a-f]{40})\.$)?", changelog, re.MULTILINE
    )


def release(version: str, root: Path, day: date) -> str:
    """Release what is committed in a checkout, or leave it as it is; returns the commit that the tag is at.

    Raises:
        CannotRelease: The version is no later one or has a tag, something is not committed, nothing has changed, or git
            refused.
    """
    newest = released(root)[0][0]
    _check(version, newest, root)
    before = _git(root, "rev-parse", "HEAD")
    try:
        return _commit(version, newest, root, day)
    except CannotRelease:
        # Nothing was there that is not committed, so nothing is lost; half a release would be refused by the next try.
        _git(root, "reset", "--quiet", "--hard", before)
        if _tag(root, version):
            _git(root, "tag", "--delete", f"v{version}")
        raise


def _check(version: str, newest: str, root: Path) -> None:
    if not _VERSION.fullmatch(version) or _order(version) <= _order(newest):
        raise CannotRelease(
            f"VERSION must be later than {newest}, such as {_next(newest)}; it is {version or 'empty'}."
        )
    if _tag(root, version):
        raise CannotRelease(f"There is a tag {_tag(root, version)} already: take another VERSION, or delete the tag.")
    if _git(root, "status", "--porcelain"):
        raise CannotRelease("Something is not committed: `git status` says what.")


def _commit(version: str, newest: str, root: Path, day: date) -> str:
    changelog = root / "CHANGELOG.md"
    before, unreleased, after = changelog.read_text(encoding="utf-8").partition(_UNRELEASED)
    if after.partition("\n## [")[0].strip() == "":
        raise CannotRelease("Nothing stands under Unreleased in CHANGELOG.md.")
    for name, line in _NUMBERED.items():
        _replace(root / name, line.format(newest), line.format(version))
    heading = f"## [{version}] - {day}\n"
    changelog.write_text(f"{before}{unreleased}\n{heading}{after}", encoding="utf-8")
    _git(root, "commit", "--quiet", "--all", "--message", f"Release {version}")
    commit = _git(root, "rev-parse", "HEAD")
    _git(root, "tag", "--annotate", f"v{version}", "--message", f"Release {version}")
    _replace(changelog, heading, f"{heading}\nCommit {commit}.\n")
    _git(root, "commit", "--quiet", "--all", "--message", f"Name the commit of release {version}")
    return commit


def main(arguments: Sequence[str] | None = None) -> int:
    """Release, and say what is left to do; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.release", description="Release what is committed.")
    parser.add_argument("version", help="the new release's number, such as 0.3.0")
    version = parser.parse_args(arguments).version
    try:
        commit = release(version, ROOT, datetime.now(UTC).date())
    except CannotRelease as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"Release {version} is commit {commit}. Run `make released` and commit what it keeps, so that the next release "
        "serves that too; `git push --follow-tags` publishes all.\n"
    )
    return 0


def _tag(root: Path, version: str) -> str:
    """The release's tag, if it is there."""
    return _git(root, "tag", "--list", f"v{version}")


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _next(version: str) -> str:
    major, minor, _ = _order(version)
    return f"{major}.{minor + 1}.0"


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise CannotRelease(f"{path.name} does not have {old.splitlines()[-1]} where it should.")
    path.write_text(text.replace(old, new), encoding="utf-8")


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, check=False, capture_output=True, text=True)
    if done.returncode:
        # What git says of it, which a hook may say on its standard output.
        said = done.stderr.strip() or done.stdout.strip()
        raise CannotRelease(f"`git {' '.join(arguments[:2])}` was refused: {said}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
