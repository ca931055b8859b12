"""Which modules a handler leads to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.build.errors import BuildError
from infra.build.imports import Import, imports, reachable

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write sources: the keyword `shared__http` is the file `shared/http.py`."""

    def write(**sources: str) -> None:
        for name, source in sources.items():
            path = tmp_path.joinpath(*name.split("__")).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)

    return write


def test_modules_are_followed_through_modules(tmp_path: Path, write: Write) -> None:
    write(functions__app="import shared.a", shared__a="from shared.b import thing", shared__b="thing = 1", shared__c="")

    assert list(reachable("functions.app", tmp_path)) == ["functions.app", "shared.a", "shared.b"]


def test_packages_count_with_their_init(tmp_path: Path, write: Write) -> None:
    write(functions__app="import shared.a")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/__init__.py").write_text("from shared import b")
    (tmp_path / "shared/a.py").touch()
    (tmp_path / "shared/b.py").touch()

    assert list(reachable("functions.app", tmp_path)) == ["functions.app", "shared", "shared.a", "shared.b"]


def test_module_imported_by_name_from_its_package_counts(tmp_path: Path, write: Write) -> None:
    write(functions__app="from shared import a", shared__a="")

    assert "shared.a" in reachable("functions.app", tmp_path)


def test_relative_imports_count(tmp_path: Path, write: Write) -> None:
    write(functions__one__app="from . import b\nfrom ..two import c", functions__one__b="", functions__two__c="")

    assert list(reachable("functions.one.app", tmp_path)) == ["functions.one.app", "functions.one.b", "functions.two.c"]


def test_imports_inside_functions_count(tmp_path: Path, write: Write) -> None:
    write(functions__app="def f():\n    import shared.a", shared__a="")

    assert "shared.a" in reachable("functions.app", tmp_path)


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_imports_for_type_checkers_do_not_count_but_their_alternative_does(
    tmp_path: Path, write: Write, test: str
) -> None:
    write(functions__app=f"if {test}:\n    import shared.a\nelse:\n    import shared.b", shared__a="", shared__b="")

    assert list(reachable("functions.app", tmp_path)) == ["functions.app", "shared.b"]


def test_modules_that_import_each_other_come_once(tmp_path: Path, write: Write) -> None:
    write(functions__app="import shared.a", shared__a="import shared.b", shared__b="import shared.a")

    assert list(reachable("functions.app", tmp_path)) == ["functions.app", "shared.a", "shared.b"]


def test_libraries_are_none_of_ours(tmp_path: Path, write: Write) -> None:
    write(functions__app="import json\nfrom pydantic import BaseModel")

    assert list(reachable("functions.app", tmp_path)) == ["functions.app"]


def test_missing_module_is_named_with_the_line_that_wants_it(tmp_path: Path, write: Write) -> None:
    write(functions__app="import json\nimport shared.gone", shared__a="")

    with pytest.raises(BuildError, match=r"no module shared\.gone, which functions/app\.py imports in line 2"):
        reachable("functions.app", tmp_path)


def test_missing_handler_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no module functions"):
        reachable("functions.app", tmp_path)


def test_every_name_of_an_import_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("import json, os.path\nfrom shared import b as c, d\n")

    assert imports(file, "a") == [
        Import("json", None, 1),
        Import("os.path", None, 1),
        Import("shared", "b", 2),
        Import("shared", "d", 2),
    ]
