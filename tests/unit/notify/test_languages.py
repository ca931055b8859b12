"""What notify's package holds of the languages of the site."""

from pathlib import Path

import pytest

from functions.notify.languages import read_languages
from tests.sample import write_sample


def test_a_language_is_known_once_the_practice_publishes_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogues = tmp_path / "catalogues"
    catalogues.mkdir()
    sample = write_sample(tmp_path, catalogues, locales=("en", "he", "sw"))

    sample.compile(drafts=True)

    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(sample.out))
    assert read_languages() == {
        "en": {"name": "English", "direction": "ltr"},
        "he": {"name": "Hebrew", "direction": "rtl"},
        "sw": {"name": "Swahili", "direction": "ltr"},
    }
