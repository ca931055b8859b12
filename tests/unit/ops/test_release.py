"""A release, made in a clone; and the way back."""

import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest

from infra.ops.release import CannotRelease, release, released
from tests.conftest import ROOT
from tests.repositories import begin, git

DAY = date(2027, 1, 4)
FILES = ("CHANGELOG.md", "Makefile", "pyproject.toml", "samconfig.toml", "uv.lock")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with what a release changes."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return begin(folder)


def test_a_release_has_its_number_its_day_its_commit_and_its_tag(clone: Path) -> None:
    before = released(clone)

    commit = release("7.0.0", clone, DAY)

    assert released(clone) == [("7.0.0", commit), *before]
    changelog = (clone / "CHANGELOG.md").read_text("utf-8")
    assert f"## [Unreleased]\n\n## [7.0.0] - 2027-01-04\n\nCommit {commit}.\n\n### Added\n\n- A thing.\n" in changelog
    assert tomllib.loads((clone / "pyproject.toml").read_text("utf-8"))["project"]["version"] == "7.0.0"
    locked = tomllib.loads((clone / "uv.lock").read_text("utf-8"))["package"]
    assert [each["version"] for each in locked if each["name"] == "needlepoint"] == ["7.0.0"]
    assert git(clone, "rev-parse", "v7.0.0^{commit}") == commit
    assert git(clone, "log", "--format=%s", "-2") == "Name the commit of release 7.0.0\nRelease 7.0.0"
    assert git(clone, "status", "--porcelain") == ""


@pytest.mark.parametrize("version", ["", "1", "0.0.1", "7.0", "v7.0.0", "7.0.0-rc1"])
def test_only_a_later_number_is_a_release(clone: Path, version: str) -> None:
    with pytest.raises(CannotRelease, match="VERSION must be later than"):
        release(version, clone, DAY)


def test_what_is_not_committed_is_not_released(clone: Path) -> None:
    (clone / "new").touch()

    with pytest.raises(CannotRelease, match="not committed"):
        release("7.0.0", clone, DAY)


def test_a_number_that_has_a_tag_is_refused_before_anything_is_committed(clone: Path) -> None:
    git(clone, "tag", "v7.0.0")
    before = git(clone, "rev-parse", "HEAD")

    with pytest.raises(CannotRelease, match=r"There is a tag v7\.0\.0 already"):
        release("7.0.0", clone, DAY)

    assert git(clone, "rev-parse", "HEAD") == before
    assert git(clone, "status", "--porcelain") == ""


@pytest.mark.parametrize("refused", ["Release 7.0.0", "Name the commit of release 7.0.0"])
def test_what_git_refuses_is_said_in_its_words_and_nothing_is_half_released(clone: Path, refused: str) -> None:
    hook = clone / ".git/hooks/commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nif grep -q '^{refused}' \"$1\"; then echo not on a Friday >&2; exit 1; fi\n")
    hook.chmod(0o755)
    before = git(clone, "rev-parse", "HEAD")

    with pytest.raises(CannotRelease, match="`git commit --quiet` was refused: not on a Friday"):
        release("7.0.0", clone, DAY)

    assert git(clone, "rev-parse", "HEAD") == before
    assert git(clone, "status", "--porcelain") == git(clone, "tag") == ""
    hook.unlink()
    assert release("7.0.0", clone, DAY)


def test_a_release_says_what_has_changed(clone: Path) -> None:
    release("7.0.0", clone, DAY)

    with pytest.raises(CannotRelease, match="Nothing stands under Unreleased"):
        release("7.1.0", clone, DAY)


def test_the_way_back_deploys_what_a_release_had_with_the_settings_of_now(clone: Path) -> None:
    # given a release whose own Makefile deploys
    git(clone, "tag", "now")
    (clone / "Makefile").write_text("deploy:\n\t@echo deploys $(STAGE) with $(FLAGS); cat article samconfig.toml\n")
    (clone / "article").write_text("as it was\n")
    (clone / "samconfig.toml").write_text("then\n")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--message", "Earlier")
    git(clone, "tag", "v6.0.0")
    git(clone, "checkout", "--quiet", "now")
    (clone / "samconfig.toml").write_text("the settings of now\n")

    def make(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["make", *arguments], cwd=clone, capture_output=True, text=True, check=False)

    done = make("--silent", "rollback", "TO=v6.0.0", "STAGE=prod", "FLAGS=--any")

    assert done.returncode == 0, done.stderr
    assert "deploys prod with --any\nas it was\nthe settings of now" in done.stdout
    refused = make("rollback", "TO=v9")
    assert refused.returncode
    assert "TO=v9 is no tag and no commit here" in refused.stderr
