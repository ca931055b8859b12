"""Messages for translators: extract them, update the `.po` files, see what is missing.

python -m infra.site.languages.catalogues extract    write shared/locales/needlepoint.pot
python -m infra.site.languages.catalogues update     and bring every .po file up to date with it, and then check
python -m infra.site.languages.catalogues check      say what is missing, fuzzy, or has other placeholders
"""

import sys
from collections.abc import Sequence

from infra.site.errors import ROOT
from infra.site.languages.message_files import LOCALES, extract, faults, translated, update, write_template
from infra.site.sources.practice_file import load
from shared.messages import SOURCE_LOCALE


def main(arguments: Sequence[str]) -> int:
    """Run one of the three commands; returns the exit status."""
    if len(arguments) != 1 or arguments[0] not in ("extract", "update", "check"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    [command] = arguments
    practice = load()
    template = extract(practice)
    # Those that are there but not published too: they are to be ready for the day when they are.
    locales = sorted({*practice.locales, *translated(LOCALES)} - {SOURCE_LOCALE})
    if command != "check":
        _say(write_template(LOCALES, template).relative_to(ROOT))
    if command == "update":
        for locale in locales:
            _say(update(LOCALES, locale, template).relative_to(ROOT))
    if command == "extract":
        return 0
    found = [each for locale in locales for each in faults(LOCALES, locale, template)]
    _say(*(found or [f"{len(template)} messages, complete in {', '.join(locales)}"]))
    return 1 if found and command == "check" else 0


def _say(*lines: object) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
