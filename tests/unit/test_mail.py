"""Mails from blocks: every kind in both bodies, and nothing in them that was not meant."""

import re
from html import unescape
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mail import Block, Mail
from shared.mail_bodies import as_html
from tests.mails import LINK, every_block, letterhead

LAYOUT = letterhead().parts["layout"]


def html(mail: Mail) -> str:
    return as_html(mail, LAYOUT, language="en", direction="ltr")


def test_every_kind_of_block_is_among_them() -> None:
    assert list(dict.fromkeys(map(type, every_block("x").blocks))) == list(get_args(Block.__value__))


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), min_size=1).map(str.strip).filter(bool))
def test_words_stand_in_both_bodies_as_they_are_and_open_no_element(words: str) -> None:
    plain, marked = html(every_block("x")), html(every_block(words))

    assert letterhead().text(every_block(words)).count(words) >= 16
    assert unescape(re.sub("<[^>]*>", "", marked)).count(words) >= 16
    assert re.findall(r"</?\w+", marked) == re.findall(r"</?\w+", plain)


def test_a_link_stays_whole_whatever_it_holds() -> None:
    assert html(every_block("x")).count('href="https://www.example.com/enquiry/7KQM-4TWX?a=1&amp;b=2"') == 6
    assert letterhead().text(every_block("x")).count(LINK) == 6


def test_a_reference_is_not_broken_wherever_it_stands() -> None:
    shown = html(every_block("Say 7KQM-4TWX"))

    assert shown.count("Say <span") == shown.count('nowrap">7KQM-4TWX<') >= 8


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_mail_says_its_direction_where_programs_keep_it(locale: str) -> None:
    body = letterhead(locale=locale).message(every_block("x"), "b@example.com").get_body(("html",))

    assert body
    direction = "rtl" if locale == "ar" else "ltr"
    assert body.get_content().count(f'lang="{locale}" dir="{direction}"') == 2  # on the page, and on all that it shows


def test_a_mail_loads_nothing_and_asks_nobody() -> None:
    for name, pieces in LAYOUT.items():
        assert not re.search(r"<(script|img|link|iframe|form)|url\(|@import|src=", "".join(pieces)), name
