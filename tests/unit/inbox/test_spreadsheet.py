"""A file for spreadsheets: what was entered, and nothing that a program would calculate with."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.inbox.spreadsheet import disarmed, write

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"


def read(file: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("https://x.example","y")', '\'=HYPERLINK("https://x.example","y")'),
        ("@SUM(1)", "'@SUM(1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("+16025550100", "'+16025550100"),
        ("  =1", "'  =1"),
        ("\u200b=1", "'\u200b=1"),
        ("\u202e=1", "'\u202e=1"),
        ("\t=1", "'\t'=1"),
        ("\r", "'\r"),
        ("＝1+1", "'＝1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a\n=1+1", "a\n'=1+1"),
        ("", ""),
        ("7KQM-4TWX", "7KQM-4TWX"),
        ("(602) 555-0100 ext. 12", "(602) 555-0100 ext. 12"),
        ("a = b; c - d", "a = b; c - d"),
        ("16025550100", "16025550100"),
        ("ana@example.com", "ana@example.com"),
    ],
)
def test_what_begins_a_formula_gets_an_apostrophe_and_keeps_all_its_signs(text: str, cell: str) -> None:
    assert disarmed(text) == cell


@given(st.text(st.sampled_from(f"{SIGNS} \t\r\n;a1\u200b\u202e\"',"), max_size=12))
def test_no_program_sees_a_formula_begin_and_nothing_is_lost(text: str) -> None:
    cell = disarmed(text)

    assert not re.search(rf"(^|[;\t\r\n])[\s\u200b\u202e]*[{re.escape(SIGNS)}]", cell)
    assert cell.replace("'", "") == text.replace("'", "")


@given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.text()})))
def test_what_was_entered_is_read_again(rows: list[dict[str, str]]) -> None:
    file = write({"a": "One", "b": "Two"}, rows)

    assert read(file) == [["One", "Two"], *([disarmed(each["a"]), disarmed(each["b"])] for each in rows)]


def test_the_file_is_utf_8_by_its_first_bytes_its_lines_end_as_rfc_4180_has_it_and_all_is_quoted() -> None:
    file = write({"a": "Name", "b": "Other"}, [{"a": 'Zoë "Z"'}])

    assert file == b'\xef\xbb\xbf"Name","Other"\r\n"Zo\xc3\xab ""Z""",""\r\n'
