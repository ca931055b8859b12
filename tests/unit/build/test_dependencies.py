"""How uv is asked for a function's libraries; a stand-in answers."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.build.dependencies import Architecture, install
from infra.build.errors import BuildError

Calls = Callable[[], list[dict[str, Any]]]

STAND_IN = """#!{python}
import json, os, pathlib, sys

arguments = sys.argv[1:]
if "--version" in arguments:
    sys.exit(print("uv 1.0.0"))
call = {"arguments": arguments, "input": sys.stdin.read(), "VIRTUAL_ENV": os.environ.get("VIRTUAL_ENV")}
with open(pathlib.Path(__file__).with_name("calls"), "a") as calls:
    calls.write(json.dumps(call) + "\\n")
if "export" in arguments:
    print(pathlib.Path(__file__).with_name("requirements").read_text(), end="")
else:
    target = pathlib.Path(arguments[arguments.index("--target") + 1])
    for name in ("lib/__init__.py", "lib/__init__.pyi", "lib/py.typed", "bin/lib", "lib-1.dist-info/METADATA",
                 "lib-1.dist-info/RECORD", "lib-1.dist-info/licenses/LICENSE"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).touch()
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "tools/uv"
    script.parent.mkdir()
    script.write_text(STAND_IN.replace("{python}", sys.executable))
    script.chmod(0o755)
    script.with_name("requirements").write_text("lib==1 --hash=sha256:00\n")
    monkeypatch.setenv("UV", str(script))
    return script


@pytest.fixture
def calls(uv: Path) -> Calls:
    return lambda: [json.loads(line) for line in uv.with_name("calls").read_text().splitlines()]


def test_pinned_versions_of_one_group_are_installed(uv: Path, calls: Calls, tmp_path: Path) -> None:
    install("leads", tmp_path / "out", Architecture.ARM64, tmp_path)

    export, pip = calls()
    assert ["--frozen", "--project", str(tmp_path), "--only-group", "leads"] == export["arguments"][2:7]
    assert pip["input"] == "lib==1 --hash=sha256:00\n"
    assert "--no-deps" in pip["arguments"]


@pytest.mark.parametrize(
    ("architecture", "platform"),
    [(Architecture.ARM64, "aarch64-manylinux_2_28"), (Architecture.X86_64, "x86_64-manylinux_2_28")],
)
def test_wheels_are_those_for_lambdas_processor(
    calls: Calls, tmp_path: Path, architecture: Architecture, platform: str
) -> None:
    install("leads", tmp_path / "out", architecture, tmp_path)

    arguments = calls()[1]["arguments"]
    assert arguments[arguments.index("--python-platform") + 1] == platform
    assert arguments[arguments.index("--only-binary") + 1] == ":all:"


def test_nothing_is_installed_for_a_group_without_libraries(uv: Path, calls: Calls, tmp_path: Path) -> None:
    uv.with_name("requirements").write_text("")

    install("content", tmp_path / "out", Architecture.ARM64, tmp_path)

    assert len(calls()) == 1


def test_what_is_never_read_at_run_time_is_left_out_and_licences_stay(uv: Path, tmp_path: Path) -> None:
    install("leads", tmp_path / "out", Architecture.ARM64, tmp_path)

    files = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {"lib/__init__.py", "lib-1.dist-info/METADATA", "lib-1.dist-info/licenses/LICENSE"}


def test_an_activated_environment_makes_no_difference(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")

    install("leads", tmp_path / "out", Architecture.ARM64, tmp_path)

    assert {call["VIRTUAL_ENV"] for call in calls()} == {None}


def test_uvs_own_words_tell_what_failed(uv: Path, tmp_path: Path) -> None:
    uv.write_text("#!/bin/sh\necho 'uv 1.0.0'\necho 'no wheel for this platform' >&2\nexit 2\n")

    with pytest.raises(BuildError, match="no wheel for this platform"):
        install("leads", tmp_path / "out", Architecture.ARM64, tmp_path)
