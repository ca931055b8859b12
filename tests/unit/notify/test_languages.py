"""What notify's package holds of the languages of the site."""

from pathlib import Path

import pytest

from functions.notify.languages import read_languages
from tests.unit.site.sample import Sample, write_catalogues, write_sample


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    catalogues = tmp_path / "catalogues"
    catalogues.mkdir()
    return write_sample(tmp_path, write_catalogues(catalogues))


def test_a_language_is_known_once_the_practice_publishes_in_it(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    practice = sample.sources.practice
    text = practice.read_text("utf-8").replace("locales = ['en', ", "locales = ['en', 'he', ")
    practice.write_text(text, "utf-8")

    sample.compile(drafts=True)

    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(sample.out))
    assert read_languages() == {
        "en": {"name": "English", "direction": "ltr"},
        "he": {"name": "Hebrew", "direction": "rtl"},
        "es": {"name": "Spanish", "direction": "ltr"},
        "ar": {"name": "Arabic", "direction": "rtl"},
    }
