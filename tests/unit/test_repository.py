"""What hosts the project reads from its files: workflows, update rules, the changelog's releases."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests import last_release
from tests.conftest import ROOT
from tests.last_release import released

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, "vendor.github-workflows"),
    ROOT / ".github/dependabot.yml": "vendor.dependabot",
}


def run(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command that the environment brings along, wherever it was called from."""
    return subprocess.run(
        [Path(sys.executable).with_name(command), *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_file_for_the_host_has_its_form(path: Path) -> None:
    checked = run("check-jsonschema", "--builtin-schema", SCHEMAS[path], str(path))

    assert checked.returncode == 0, checked.stdout


def test_workflows_are_pinned_and_may_do_no_more_than_they_need() -> None:
    checked = run("zizmor", "--offline", "--no-progress", "--persona", "pedantic", ".github")

    assert checked.returncode == 0, checked.stdout


def test_a_workflow_that_may_do_anything_is_found(tmp_path: Path) -> None:
    loose = tmp_path / ".github/workflows/loose.yml"
    loose.parent.mkdir(parents=True)
    loose.write_text("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v5\n")

    assert run("zizmor", "--offline", "--no-progress", str(tmp_path)).returncode > 0


def test_the_workflow_runs_what_every_machine_runs() -> None:
    assert any("run: .ci/run" in path.read_text(encoding="utf-8") for path in WORKFLOWS)


def test_the_workflow_brings_along_the_commit_of_the_last_release() -> None:
    steps = [
        step
        for path in WORKFLOWS
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        for step in job["steps"]
        if "actions/checkout@" in step.get("uses", "")
    ]

    assert steps
    assert all(step["with"]["fetch-depth"] == 0 for step in steps)


def test_a_clone_without_the_last_release_is_told_what_to_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "CHANGELOG.md", tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    monkeypatch.setattr(last_release, "ROOT", tmp_path)
    commit = next(commit for _, commit in last_release.released() if commit)

    with pytest.raises(pytest.fail.Exception, match=f"git fetch origin {commit}"):
        last_release.file("template.yaml")


def test_the_version_is_the_newest_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["version"] == released()[0][0]


def test_each_release_names_a_commit_of_this_history() -> None:
    newest, *earlier = released()

    # The newest may not know its own yet: the commit after it writes it down.
    for version, commit in [newest, *earlier] if newest[1] else earlier:
        known = subprocess.run(["git", "cat-file", "-t", commit], capture_output=True, text=True, check=False, cwd=ROOT)
        # A shallow clone, or an archive without history, cannot tell.
        assert known.stdout.strip() == "commit" or (commit and is_shallow()), version


def is_shallow() -> bool:
    """Whether this checkout lacks the history that a commit would be looked up in."""
    answer = subprocess.run(
        ["git", "rev-parse", "--is-shallow-repository"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return answer.stdout.strip() != "false"
