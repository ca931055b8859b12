"""Equal sources give equal bytes."""

import os
import stat
from pathlib import Path

import pytest

from infra.build.errors import BuildError
from infra.build.seal import compile_bytecode, copy_sealed


def filled(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n")
    return folder


def test_files_are_copied_with_one_time_and_one_mode(tmp_path: Path) -> None:
    source = filled(tmp_path / "source", ["a.py", "b/c.py"])
    (source / "a.py").chmod(0o700)
    os.utime(source / "b/c.py", (1, 1))

    copy_sealed(source, tmp_path / "target")

    found = [path.stat() for path in (tmp_path / "target").rglob("*.py")]
    assert {each.st_mtime for each in found} == {315_532_800}
    assert {stat.S_IMODE(each.st_mode) for each in found} == {0o644}


def test_what_was_in_the_target_before_is_gone(tmp_path: Path) -> None:
    target = filled(tmp_path / "target", ["old.py", "old/older.py"])
    (target / "link").symlink_to(tmp_path)

    copy_sealed(filled(tmp_path / "source", ["new.py"]), target)

    assert [path.name for path in target.iterdir()] == ["new.py"]
    assert tmp_path.is_dir()


def test_bytecode_is_the_same_from_any_folder(tmp_path: Path) -> None:
    folders = [filled(tmp_path / name, ["module.py"]) for name in ("here", "elsewhere/and/deeper")]

    for folder in folders:
        compile_bytecode(folder)

    first, second = (next(folder.glob("__pycache__/*.pyc")).read_bytes() for folder in folders)
    assert first == second


def test_a_source_that_does_not_compile_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def\n")

    with pytest.raises(BuildError, match=r"/var/task/broken\.py"):
        compile_bytecode(tmp_path)
