"""The landing page in every language, on a phone and on a desk, as Lighthouse scores it.

It takes a quarter of a minute a page, so it has a target of its own: `make lighthouse`.
"""

from pathlib import Path

import pytest

from tests.browser.lighthouse import SCORED, measured, scores, shortfalls, undisturbed
from tests.browser.pages import LOCALES, landing

pytestmark = pytest.mark.lighthouse


@pytest.mark.parametrize("device", ["mobile", "desktop"])
@pytest.mark.parametrize("locale", LOCALES)
def test_landing_page_scores_100(
    origin: str, whole_chromium_path: Path, node_modules: Path, tmp_path: Path, locale: str, device: str
) -> None:
    url = origin + landing(locale)

    report = undisturbed(lambda: measured(url, device, whole_chromium_path, node_modules, tmp_path / "report.json"))

    assert scores(report) == dict.fromkeys(SCORED, 100), "\n".join(shortfalls(report))
