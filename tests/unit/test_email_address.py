"""Addresses as a header carries them and as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.email_address import deliverable, readable


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ana@example.com", "ana@example.com"),
        ("bo@xn--mller-kva.example", "bo@müller.example"),
        ("a@xn--e1afmkfd.xn--p1ai", "a@пример.рф"),
        ("a@mail.xn--fa-hia.de", "a@mail.faß.de"),
        ("用户@xn--fsqu00a.xn--fiqs8s", "用户@例子.中国"),
        ("a@xn--mgba3gch31f060k.com", "a@نامه\u200cای.com"),
        ("josé@example.com", "josé@example.com"),
    ],
)
def test_an_internationalised_domain_is_shown_in_its_own_letters(address: str, shown: str) -> None:
    assert readable(address) == shown


@pytest.mark.parametrize(
    "label",
    [
        "xn--",
        "xn---",
        "xn--99999999999",
        "xn--é",
        # What is not seen, or turns the text around it.
        *(f"xn--{text.encode('punycode').decode()}" for text in ("a\u202eb", "a\u200bb", "a\u00a0b", "a\x80")),
    ],
)
def test_a_label_that_cannot_be_shown_stays_as_it_is(label: str) -> None:
    assert readable(f"ana@{label}.example") == f"ana@{label}.example"


@pytest.mark.parametrize(
    "address", ["ana@example.com", "o'brien+scan@mail.example.co.uk", "bo@xn--mller-kva.example", "a_b-c.d@x-y.example"]
)
def test_an_ascii_address_is_delivered_to_as_it_is(address: str) -> None:
    assert deliverable(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "josé@example.com",
        "bo@müller.example",
        "a@b。evil.com",
        "a..b@example.com",
        ".a@b.co",
        "a@example..com",
        "a@b.co,eve@example.com",
        "Eve <a@b.co>",
        "a@b.co\r\nBcc: eve@example.com",
        "a@b.co\n",
        "=?utf-8?q?eve=40evil=2Eexample=2C?=@b.co",
        "a@=?utf-8?q?evil?=.co",
        "ana",
        "",
    ],
)
def test_what_a_header_cannot_carry_or_would_turn_into_another_address_is_not_delivered_to(address: str) -> None:
    assert deliverable(address) is None


@given(st.text() | st.from_regex(r"a@xn--[a-z0-9-]{0,12}\.com", fullmatch=True))
def test_any_text_can_be_read_and_reading_changes_nothing_before_the_last_at(text: str) -> None:
    assert readable(text).rpartition("@")[0] == text.rpartition("@")[0]
    assert deliverable(text) in (None, text)
