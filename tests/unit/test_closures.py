"""Closed days: what is proposed to the owner, and when somebody has to think of them."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from infra import closures
from shared.practice import Closure, Hours, Practice, SpecialHours, year_without_closures
from tests.practice import PRACTICE

OPEN: Practice = replace(PRACTICE, closed=(), special_hours=())


def proposed(practice: Practice, year: int = 2027) -> dict[date, str]:
    """The lines as TOML reads them, with the comments behind them."""
    lines = [line for line in closures.proposals(practice, year) if line.startswith("  ")]
    days = tomllib.loads(f"closed = [\n{'\n'.join(lines)}\n]")["closed"]
    return dict(zip(days, [line.partition("# ")[2] for line in lines], strict=True))


def test_public_holidays_are_proposed_as_the_practice_file_has_them() -> None:
    days = proposed(OPEN)

    assert days[date(2027, 11, 25)] == "Thanksgiving Day"
    assert days[date(2027, 7, 5)] == "Independence Day (observed)"
    assert days[date(2027, 1, 18)] == "Dr. Martin Luther King Jr. / Civil Rights Day"  # as Arizona calls it


def test_a_day_on_which_the_practice_is_closed_anyway_is_not() -> None:
    on_sunday, observed = date(2027, 7, 4), date(2027, 7, 5)

    assert on_sunday not in proposed(OPEN)
    assert observed not in proposed(replace(OPEN, closed=(Closure("2027-07-01", "2027-07-09"),)))
    assert observed not in proposed(replace(OPEN, special_hours=(SpecialHours("2027-07-05", "08:00", "10:00"),)))
    assert on_sunday in proposed(replace(OPEN, hours=(Hours(("Sunday",), "08:00", "10:00"),)))


def test_half_days_are_named_apart() -> None:
    lines = list(closures.proposals(replace(OPEN, region="US-PR"), 2027))

    assert lines[-2:] == [
        "# Half days, which `[[special_hours]]` can have other hours for:",
        "#   2027-12-24 (Christmas Eve (from 12pm))",
    ]


@pytest.mark.parametrize(
    ("region", "language", "name"),
    [
        ("DE-BW", "de", "Neujahr"),
        ("DE-BW", "fr", "New Year's Day"),
        ("FR-IDF", "fr", "Jour de l'an"),
        ("TW-TPE", "zh-Hant", "中華民國開國紀念日"),
        ("MX-CMX", "es", "Año Nuevo"),
    ],
)
def test_a_day_has_its_name_in_the_practices_language_where_the_library_has_it(
    region: str, language: str, name: str
) -> None:
    assert proposed(replace(OPEN, region=region, language=language))[date(2027, 1, 1)] == name


def test_a_country_that_the_library_does_not_know_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(closures, "load", lambda: replace(OPEN, region="XX-X"))

    assert closures.main(["2027"]) == 1
    assert "XX" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("today", "closed", "missing"),
    [
        ("2026-10-15", Closure("2026-12-25", "2026-12-25"), None),
        ("2026-11-15", Closure("2026-12-25", "2026-12-25"), 2027),
        ("2026-11-15", Closure("2026-12-24", "2027-01-01"), None),
        ("2027-06-01", Closure("2027-01-01", "2027-01-01"), None),
        ("2027-06-01", Closure("2028-01-01", "2028-01-01"), 2027),
    ],
)
def test_sixty_days_before_a_year_its_closed_days_are_missed(today: str, closed: Closure, missing: int | None) -> None:
    now = datetime.fromisoformat(today).replace(tzinfo=UTC).timestamp()

    assert year_without_closures(replace(OPEN, closed=(closed,)), now) == missing


def test_the_build_says_which_year_lacks_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(closures, "load", lambda: OPEN)
    assert closures.main(["--missing"]) == 0
    assert "has no closed day in 20" in capsys.readouterr().out

    monkeypatch.setattr(closures, "load", lambda: replace(OPEN, closed=(Closure("2026-01-01", "2099-12-31"),)))
    assert closures.main(["--missing"]) == 0
    assert capsys.readouterr().out == ""
