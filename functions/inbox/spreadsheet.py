"""A month's enquiries as a file for spreadsheets (CSV), with nothing in it that a spreadsheet would run.

The programs take a cell for a formula that begins with one of a few signs, quoted or not, and calculate with a number
that has a plus before it. Such a cell begins with an apostrophe: the number stays as it is, plus and all. Where the
language of the computer has cells end at a semicolon, a comma ends none and quotes are not seen, and so the same goes
for what comes after one, or after the end of a line.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

# What begins a formula, also in the wide and small forms of East Asian keyboards, perhaps after something unseen.
_FORMULA: Final = re.compile(
    r"(^|[;\t\r\n])(?=[\s\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\x00-\x1f]*[=+\-@＝＋－＠﹦﹢﹣﹫\t\r])"
)
# By it programs see that the file is UTF-8.
_BOM: Final = "\ufeff"


def disarmed(text: str) -> str:
    """A text that no program takes for a formula, wherever it sees a cell begin in it."""
    return _FORMULA.sub(r"\1'", text)


def write(head: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A file of rows (RFC 4180), in UTF-8.

    Args:
        head: What each column is called, by its name in the rows.
        rows: The rows; what one does not have stays empty.
    """
    file = io.StringIO(newline="")
    file.write(_BOM)
    written = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    written.writerows([disarmed(each.get(name, "")) for name in head] for each in chain([head], rows))
    return file.getvalue().encode()
