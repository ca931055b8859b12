"""Assets that name each other are served under names that change with what they name."""

from pathlib import Path

import pytest

from infra.site.errors import ContentError
from infra.site.sources.assets import read_assets


def write(folder: Path, **scripts: str) -> None:
    for name, text in scripts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")


def test_a_script_imports_by_the_fingerprinted_path(tmp_path: Path) -> None:
    write(
        tmp_path, a="import { b } from './b.js';", b="import { c } from './c.js';\nexport const b = c;", c="export {};"
    )

    assets = read_assets(tmp_path)

    assert assets["a.js"].body.decode() == f"import{{b}}from'{assets['b.js'].path}';"
    assert assets["c.js"].path in assets["b.js"].body.decode()


def test_comments_and_blanks_are_not_sent(tmp_path: Path) -> None:
    write(tmp_path, a="// why\nexport const a = `${ 1 } /* no comment */  //`; /* what */\n")
    (tmp_path / "a.css").write_text("/* why */\na { color: red; width: calc(1px + 2px); }\n", encoding="utf-8")

    assets = read_assets(tmp_path)

    assert assets["a.js"].body == b"export const a=`${ 1 } /* no comment */  //`;"
    assert assets["a.css"].body == b"a{color:red;width:calc(1px + 2px)}"


def test_what_changes_far_below_changes_the_name_above(tmp_path: Path) -> None:
    write(tmp_path, a="import './x'; import { b } from './b.js';", b="export const b = 1;")
    before = read_assets(tmp_path)["a.js"].path

    write(tmp_path, b="export const b = 2;")

    assert read_assets(tmp_path)["a.js"].path != before


def test_assets_that_name_each_other_in_a_circle_stop_the_build(tmp_path: Path) -> None:
    write(tmp_path, a="import { b } from './b.js';", b="import { a } from './a.js';")

    with pytest.raises(ContentError, match=r"in a circle: (a\.js -> b\.js -> a\.js|b\.js -> a\.js -> b\.js)"):
        read_assets(tmp_path)
