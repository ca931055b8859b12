"""What somebody at a terminal asks for."""

import subprocess

import pytest

from infra.ops.leads import main, reference
from tests.conftest import ROOT


@pytest.mark.parametrize("typed", ["7KQM-4TWX", " 7kqm-4twx", "7KQM4TWX", "7kqm 4twx", "7KQM\u20114TWX"])
def test_a_reference_is_read_however_it_is_written(typed: str) -> None:
    assert reference(typed) == "7KQM-4TWX"


@pytest.mark.parametrize("typed", ["", "7KQM-4TW", "7KQM-4TWXX", "7KQM-4TWA"])
def test_what_is_no_reference_is_said_to_be_none_before_anything_is_looked_for(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["needlepoint-dev", "erase", typed])

    assert "is no reference; one looks like 7KQM-4TWX" in capsys.readouterr().err


def test_make_takes_the_words_after_its_verb_as_the_command_s_own() -> None:
    words = ["leads", "export", "2026-11", "list", "STAGE=prod"]
    said = subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    (command,) = [line for line in said.splitlines() if "infra.ops.leads" in line]
    assert "[prod" in command
    assert command.endswith(" export 2026-11 list")
