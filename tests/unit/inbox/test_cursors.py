"""Cursors: nobody makes one up, and none is good for anything but what it was made for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.inbox.cursors import Cursors
from shared.errors import KeysUnavailable
from shared.keys import Keys
from shared.links import Links
from tests.clock import Clock
from tests.keys import Secret, keys_with

POSITION = "2026-11-23T15:30:00.000Z#4f1c0c9e5b7a4d6f8e2b1a3c5d7e9f01"
OF = ("all", "es", "", "2026-11-23", "ana@example.com")


def test_a_cursor_gives_back_where_the_list_goes_on() -> None:
    cursors = Cursors(keys_with())

    assert cursors.read(cursors.write(POSITION, *OF), *OF) == POSITION


@pytest.mark.parametrize(
    "of",
    [
        ("answered", *OF[1:]),
        (OF[0], "", *OF[2:]),
        (*OF[:4], "eva@example.com"),
        (*OF, ""),
        OF[:4],
        # The same letters, cut in another place.
        ("all", "e", "s", "2026-11-23", "ana@example.com"),
        ("all/2/es", "", "2026-11-23", "ana@example.com"),
    ],
    ids=str,
)
def test_it_is_worth_nothing_for_another_list_filter_or_member(of: tuple[str, ...]) -> None:
    cursors = Cursors(keys_with())

    assert cursors.read(cursors.write(POSITION, *OF), *of) is None


@given(st.text())
def test_nothing_that_was_made_up_is_one(text: str) -> None:
    assert Cursors(keys_with()).read(text, *OF) is None


def test_a_link_of_a_mail_is_none() -> None:
    keys = keys_with()
    link = Links(keys, "").to_enquiry("1", "alert-1")

    assert link is not None
    assert Cursors(keys).read(link.rpartition("/")[2], *OF) is None


def test_without_keys_nobody_is_told_that_a_cursor_is_wrong() -> None:
    cursors = Cursors(Keys("keys", Secret("").client, Clock()))

    with pytest.raises(KeysUnavailable):
        cursors.read("x", *OF)
    with pytest.raises(KeysUnavailable):
        cursors.write(POSITION, *OF)
