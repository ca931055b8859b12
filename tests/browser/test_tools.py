"""The browser and the checkers are there and start."""

import subprocess
from pathlib import Path

import pytest

from tests.browser import tools


def version(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout + done.stderr


def test_chromium_starts(chromium_path: Path) -> None:
    assert "Chrom" in version(chromium_path, "--version")


def test_axe_loads(node_modules: Path) -> None:
    program = f"console.log(require({str(node_modules / 'axe-core')!r}).version)"

    assert version(tools.NODE, "-e", program).startswith("4.")


def test_html_checker_finds_an_error_where_there_is_one(node_modules: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><html lang=en><title>A page</title><p></div>")
    command = [str(tools.JAVA), "-jar", str(node_modules / "vnu-jar/build/dist/vnu.jar"), str(page)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 1
    assert "Stray end tag" in done.stderr


def test_missing_tool_is_skipped_on_a_desk_and_fails_on_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.browser.conftest import _have

    def missing(say: object) -> Path:
        raise tools.ToolMissing("no such thing")

    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no such thing"):
        _have(missing, print)

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must run"):
        _have(missing, print)
