"""Articles and the home page in every language, on a phone and on a desk, as Lighthouse scores them.

It takes a quarter of a minute a page, so it has a target of its own: `make lighthouse`.
"""

from pathlib import Path

import pytest

from tests.browser.lighthouse import SCORED, measured, scores, shortfalls, undisturbed
from tests.browser.pages import PAGES, Shown

pytestmark = pytest.mark.lighthouse


@pytest.mark.parametrize("device", ["mobile", "desktop"])
@pytest.mark.parametrize("shown", [each for each in PAGES if each.kind in ("landing", "home")], ids=str)
def test_page_scores_100(
    origin: str, whole_chromium_path: Path, node_modules: Path, tmp_path: Path, shown: Shown, device: str
) -> None:
    url = origin + shown.path

    report = undisturbed(lambda: measured(url, device, whole_chromium_path, node_modules, tmp_path / "report.json"))

    assert scores(report) == dict.fromkeys(SCORED, 100), "\n".join(shortfalls(report))
