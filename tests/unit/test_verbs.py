"""Whatever `make` starts for a command of the README and docs/operations.md is there, and takes what it is given.

Make and its shell run, in a folder of their own. What they start as Python is written down, and looks at its arguments.
"""

import argparse
import importlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from tests.commands import commands, is_for_aws
from tests.conftest import ROOT

pytestmark = pytest.mark.long

# What is not tried here, and why not.
ELSEWHERE = {
    "make rollback": "tests/unit/ops/test_release.py runs it in a clone",
    "make checkov": "fetches checkov; .github/workflows/ci.yml runs it",
    "git push --follow-tags": "publishes, and is git's own",
    "git diff": "looks, and is git's own",
}
START_NOTHING = ("make", "make clean")
# With this a program looks at its arguments and does no more.
ONLY_LOOK = {"ruff": "--help", "mypy": "--version", "bandit": "--version"}
COMMANDS = [command for command in commands() if not is_for_aws(command)]


def is_tried(command: str) -> bool:
    return not command.startswith(tuple(ELSEWHERE))


@pytest.mark.parametrize("command", [*filter(is_tried, COMMANDS)])
def test_what_is_typed_is_taken(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    program, *words = shlex.split(command)
    started = [words] if program == ".venv/bin/python" else make(command, tmp_path)

    assert (started == []) is (command in START_NOTHING)
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_and_end(argparse.ArgumentParser.parse_args))
    for option, *arguments in started:
        if option == "-m":
            takes(pytestconfig, *arguments)


def make(command: str, folder: Path) -> list[list[str]]:
    """What a verb starts as Python, in order, with the arguments of each as the shell gives them."""
    for name in (
        "Makefile",
        "samconfig.toml",
        "infra/build/certificates.sh",
        "pyproject.toml",
        "uv.lock",
        ".python-version",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    (folder / ".venv").mkdir()
    (folder / ".venv/.ready").touch()
    asked, python = folder / "asked", folder / "python"
    writes = f"import json, sys; open({str(asked)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -ISc {shlex.quote(writes)} "$@"\n', "utf-8")
    python.chmod(0o755)
    subprocess.run(
        ["sh", "-euc", f"{command} PYTHON={shlex.quote(str(python))}"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
    )
    return [json.loads(line) for line in asked.read_text("utf-8").splitlines()] if asked.exists() else []


def parse_and_end(parse: object) -> object:
    """In place of argparse's own: what is parsed is not done."""

    def parsed(parser: argparse.ArgumentParser, arguments: object = None) -> None:
        parse(parser, arguments)  # type: ignore[operator]
        raise SystemExit(0)

    return parsed


@cache
def takes(config: pytest.Config, module: str, *arguments: str) -> None:
    """Fails where a module of Python does not take such arguments."""
    for path in arguments:
        assert not path.startswith(("tests/", "infra/")) or (ROOT / path).exists(), path
    if module == "pytest":
        _, unknown = config._parser.parse_known_and_unknown_args(arguments)
        assert unknown == []
    elif module in ONLY_LOOK:
        looks = [sys.executable, "-m", module, *arguments, ONLY_LOOK[module]]
        done = subprocess.run(looks, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    elif module == "samcli":
        verb, *options = arguments
        sam: click.Command = importlib.import_module(f"samcli.commands.{verb}.command").cli
        sam.make_parser(click.Context(sam)).parse_args(options)
    else:
        found = find_spec(module)
        assert found is not None, module
        entry = importlib.import_module(f"{module}.__main__" if found.submodule_search_locations else module)
        if "argparse" in vars(entry):
            with pytest.raises(SystemExit) as ended:
                entry.main(arguments)
            assert ended.value.code == 0
        else:
            assert not arguments or f"\npython -m {' '.join([module, *arguments])} " in str(entry.__doc__)


def test_what_is_not_tried_is_in_the_documents() -> None:
    for beginning in ELSEWHERE:
        assert any(command.startswith(beginning) for command in COMMANDS), beginning
