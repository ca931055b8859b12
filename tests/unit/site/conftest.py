"""The sample article: fresh for tests that change it, compiled once for those that read."""

from pathlib import Path

import pytest

from tests.sample import Sample, write_catalogues, write_sample


@pytest.fixture(scope="session")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_catalogues(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def sample(tmp_path: Path, catalogues: Path) -> Sample:
    return write_sample(tmp_path, catalogues)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory, catalogues: Path) -> Sample:
    sample = write_sample(tmp_path_factory.mktemp("site"), catalogues)
    sample.compile()
    return sample
