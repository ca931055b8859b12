"""The browser and the checkers are there and start."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.browser import lighthouse, tools


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


# What a run of Lighthouse ends with: the report's start, or a word on the console.
NO_TRACE = "Runtime error encountered: NO_NAVSTART"
IN_REPORT = '{"runtimeError": {"code": "NO_NAVSTART"}}'
BUSY, GOOD = (f'{{"categories": {{"performance": {{"score": {score}}}}}}}' for score in (0.9, 1))


@pytest.mark.parametrize(
    ("runs", "counts"),
    [
        ([GOOD], GOOD),
        ([NO_TRACE, GOOD], GOOD),
        ([IN_REPORT, BUSY, GOOD], GOOD),
        ([BUSY, NO_TRACE, NO_TRACE], BUSY),
        ([BUSY, BUSY, BUSY], BUSY),
        ([NO_TRACE, IN_REPORT, NO_TRACE], None),
    ],
)
def test_lighthouse_tries_again_when_it_could_not_measure(tmp_path: Path, runs: list[str], counts: str | None) -> None:
    # given a stand-in for it, whose runs end so, one after the other
    script = tmp_path / "lighthouse/cli/index.js"
    script.parent.mkdir(parents=True)
    script.write_text(
        f"""
        const fs = require("fs");
        const runs = {json.dumps(runs)};
        const log = {json.dumps(str(tmp_path / "log"))};
        fs.appendFileSync(log, ".");
        const end = runs[fs.readFileSync(log).length - 1];
        const output = process.argv.find((each) => each.startsWith("--output-path=")).split("=")[1];
        if (end.startsWith("{{")) fs.writeFileSync(output, end);
        else {{ console.error(end); process.exit(1); }}
        """
    )

    def measure() -> Mapping[str, Any]:
        return lighthouse.measured("http://127.0.0.1/", "mobile", tmp_path, tmp_path, tmp_path / "report.json")

    # when, then
    if counts is None:
        with pytest.raises(lighthouse.NotMeasured, match="NO_NAVSTART"):
            lighthouse.undisturbed(measure)
    else:
        assert lighthouse.undisturbed(measure) == json.loads(counts)
    assert len((tmp_path / "log").read_text()) == len(runs)
