"""Closed days for the practice file: `python -m infra.closures [YEAR]` proposes some, `--missing` says if it has none.

The holidays library knows a country's public holidays, and a practice works on some of them. So it only proposes, and
what the owner has written down is what counts.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Final

import holidays
from holidays import HALF_DAY, PUBLIC, HolidayBase

from infra.site.errors import ContentError
from infra.site.sources.practice_file import load
from shared.opening_hours import OpeningHours
from shared.practice import Practice, year_without_closures
from shared.time_zone import day_number

_HEAD: Final = """\
# Public holidays of {region} in {year} on which the practice is open so far, by holidays {version}.
# Write those on which it is closed into `closed` in shared/practice.toml, and strike the others."""
_HALF: Final = "# Half days, which `[[special_hours]]` can have other hours for:"


def proposals(practice: Practice, year: int) -> Iterator[str]:
    """The lines to keep or strike, as they stand in the practice file.

    Raises:
        NotImplementedError: The library does not know the country.
    """
    hours = OpeningHours.of(practice)
    yield _HEAD.format(region=practice.region, year=year, version=version("holidays"))
    for day, name in _open(_holidays(practice, year, PUBLIC), hours):
        yield f"  {day}, # {name}"
    half_days = list(_open(_holidays(practice, year, HALF_DAY), hours))
    if half_days:
        yield _HALF
    for day, name in half_days:
        yield f"#   {day} ({name})"


def _open(found: Mapping[date, str], hours: OpeningHours) -> Iterator[tuple[date, str]]:
    for day, name in sorted(found.items()):
        if hours.grid(day_number(str(day))) and day_number(str(day)) not in hours.dates:
            yield day, name


def _holidays(practice: Practice, year: int, category: str) -> Mapping[date, str]:
    country, _, region = practice.region.partition("-")
    known: HolidayBase = holidays.country_holidays(country)
    if category not in known.supported_categories:
        return {}
    return holidays.country_holidays(
        country,
        subdiv=region if region in known.subdivisions else None,
        years=year,
        language=_language(practice.language, known),
        categories=category,
    )


def _language(wanted: str, known: HolidayBase) -> str | None:
    """The practice's, or else English; a country's own where the library has neither."""
    for language in (wanted, "en"):
        for each in (known.default_language, *known.supported_languages):
            if each and each.partition("_")[0] == language.partition("-")[0]:
                return each
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was asked for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.closures", description="Closed days.")
    now = datetime.now(UTC)
    parser.add_argument("year", nargs="?", type=int, default=now.year + 1, help="by default the next")
    parser.add_argument("--missing", action="store_true", help="say which year has no closed days yet, if one has none")
    options = parser.parse_args(arguments)
    try:
        practice = load()
        if not options.missing:
            print(*proposals(practice, options.year), sep="\n")
        elif year := year_without_closures(practice, now.timestamp()):
            print(f"== shared/practice.toml has no closed day in {year}: `make closures YEAR={year}` proposes some.")
    except (ContentError, NotImplementedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
