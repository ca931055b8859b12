"""The landing page in every language, on a phone and on a desk, as Lighthouse scores it.

It takes a quarter of a minute a page, so it has a target of its own: `make lighthouse`.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.pictures.chromium import FLAGS
from tests.browser import tools
from tests.browser.pages import LOCALES, landing

pytestmark = pytest.mark.lighthouse

SCORED = ("performance", "accessibility", "best-practices", "seo")
# Performance is measured, and something else may want the processor meanwhile; the other scores do not vary.
TRIES = 3

Report = Mapping[str, Any]


@pytest.mark.parametrize("device", ["mobile", "desktop"])
@pytest.mark.parametrize("locale", LOCALES)
def test_landing_page_scores_100(
    origin: str, chromium_path: Path, node_modules: Path, tmp_path: Path, locale: str, device: str
) -> None:
    for _ in range(TRIES):
        report = measured(origin + landing(locale), device, chromium_path, node_modules, tmp_path / "report.json")
        if scores(report)["performance"] == 100:
            break

    assert scores(report) == dict.fromkeys(SCORED, 100), "\n".join(shortfalls(report))


def measured(url: str, device: str, chromium: Path, node_modules: Path, output: Path) -> Report:
    """Lighthouse's report on a page."""
    options = [f"--only-categories={','.join(SCORED)}", "--output=json", f"--output-path={output}", "--quiet"]
    options += ["--preset=desktop"] if device == "desktop" else []
    flags = f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}"
    command = [
        tools.NODE,
        node_modules / "lighthouse/cli/index.js",
        url,
        *options,
        flags,
        "--no-enable-error-reporting",
    ]
    environment = os.environ | {"CHROME_PATH": str(chromium)}
    done = subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report: Report = json.loads(output.read_bytes())
    assert "runtimeError" not in report
    return report


def scores(report: Report) -> dict[str, int]:
    """Each category's score, out of 100."""
    return {name: round(100 * (report["categories"][name]["score"] or 0)) for name in SCORED}


def shortfalls(report: Report) -> list[str]:
    """What keeps a category from 100."""
    found = [f"scores: {scores(report)}"]
    for name in SCORED:
        for each in report["categories"][name]["auditRefs"]:
            audit = report["audits"][each["id"]]
            if each["weight"] and audit["score"] is not None and audit["score"] < 1:
                found.append(f"{name}: {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")
                found += [f"  {json.dumps(item)[:400]}" for item in audit.get("details", {}).get("items", [])[:5]]
    return found
