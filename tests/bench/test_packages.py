import zipfile
from pathlib import Path

import pytest

from tests.bench.packages import FLOOR, Packaging, build_peer, deploy, remove

YEAR_1980 = 315_532_800
A_DAY = 86_400
HASH_CHECKED = 0b11


@pytest.fixture(scope="session")
def floors(tmp_path_factory: pytest.TempPathFactory, site: Path) -> dict[Packaging, Path]:
    folder = tmp_path_factory.mktemp("floor")
    for packaging in Packaging:
        build_peer(FLOOR, packaging, folder / packaging, site)
    return {packaging: folder / packaging for packaging in Packaging}


def test_sams_way_leaves_the_sources_without_bytecode(floors: dict[Packaging, Path]) -> None:
    assert [path.name for path in floors[Packaging.SAM].rglob("*")] == ["app.py"]


def test_our_way_brings_bytecode_that_no_date_voids(floors: dict[Packaging, Path]) -> None:
    (bytecode,) = floors[Packaging.OURS].rglob("*.pyc")

    assert int.from_bytes(bytecode.read_bytes()[4:8], "little") == HASH_CHECKED


def test_a_package_is_unpacked_as_lambda_does_it(floors: dict[Packaging, Path], tmp_path: Path) -> None:
    unpacked = deploy(floors[Packaging.OURS], tmp_path / "task")

    assert unpacked.zip_bytes == (tmp_path / "task.zip").stat().st_size
    assert zipfile.is_zipfile(tmp_path / "task.zip")
    files = [path for path in unpacked.folder.rglob("*") if path.is_file()]
    assert len(files) == 2
    # SAM writes a date without a time zone: the machine's own decides within a day.
    assert all(abs(path.stat().st_mtime - YEAR_1980) <= A_DAY for path in files)
    assert not any(path.stat().st_mode & 0o222 for path in (unpacked.folder, *unpacked.folder.rglob("*")))


def test_what_cannot_be_written_to_can_be_removed(tmp_path: Path) -> None:
    folder = tmp_path / "task"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "file").touch()
    (folder / "inner").chmod(0o555)
    folder.chmod(0o555)

    remove(folder)

    assert not folder.exists()
