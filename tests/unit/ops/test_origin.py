"""`make build` says where links do not lead to a stage's own domain."""

import pytest

from infra.ops import origin
from infra.ops.doctor.case import Config
from infra.ops.origin import mismatch
from infra.site.sources import practice_file
from tests.practice import PRACTICE

ORIGIN = PRACTICE.origin
OTHER = "http://www.example.com"


@pytest.mark.parametrize(
    ("domain", "known", "is_said"),
    [
        ("", ORIGIN, False),
        ("www.example.com", ORIGIN, False),
        ("example.com", ORIGIN, True),
        ("www.example.com", OTHER, True),
        ("www.example.com", f"{ORIGIN}:8443", True),
    ],
)
def test_a_domain_that_links_do_not_lead_to_is_said(domain: str, known: str, is_said: bool) -> None:
    assert (mismatch({"DomainName": domain}, known) is not None) is is_said
    assert mismatch({}, known) is None


@pytest.fixture(autouse=True)
def _of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice_file, "load", lambda: PRACTICE)


def test_the_command_says_it_and_lets_the_build_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Config, "read", lambda _: Config("stack", None, {"DomainName": "clinic.test"}))

    assert origin.main(["prod"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("== DomainName is clinic.test, and shared/practice.toml has origin https://www.example.com")
    assert "docs/operations.md#an-own-domain" in said


def test_the_command_says_nothing_where_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert origin.main(["default"]) == 0
    assert capsys.readouterr().out == ""


def test_a_stage_that_samconfig_does_not_have_stops_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert origin.main(["test"]) == 1
    assert "samconfig.toml has no [test.global.parameters]" in capsys.readouterr().err
