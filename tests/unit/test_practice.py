"""The practice at run time: what the build checked is read back."""

import json
from pathlib import Path

import pytest

from infra.site.sources.practice_file import document_of
from shared import practice
from shared.errors import ConfigurationError
from tests.practice import PRACTICE


@pytest.fixture
def task_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    (tmp_path / "compiled").mkdir()
    return tmp_path


def test_what_was_checked_at_build_time_is_read_back_the_same(task_root: Path) -> None:
    (task_root / "compiled/practice.json").write_text(json.dumps(document_of(PRACTICE)), encoding="utf-8")

    assert practice.read_compiled() == PRACTICE


def test_a_package_without_it_says_so(task_root: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"practice\.json is missing"):
        practice.read_compiled()
