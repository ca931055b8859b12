"""Markdown as articles use it."""

from functions.content.compiler import markdown

NUMBERS = {"a1": 1, "b2": 2}
VALUES = {"emergency_number": "<911>"}


def html(text: str) -> str:
    return markdown.render(markdown.parse_inline(text), NUMBERS, lambda number: f'Source "{number}"', VALUES)


def test_a_citation_becomes_links_read_out_in_words() -> None:
    assert html("True. [@b2; @a1] More") == (
        'True.<sup class="cite"><a href="#ref-b2" aria-label="Source &#34;2&#34;">2</a>, '
        '<a href="#ref-a1" aria-label="Source &#34;1&#34;">1</a></sup> More'
    )


def test_what_only_looks_like_a_citation_stays_text() -> None:
    assert html("[@] and [a@b] and @a1") == "[@] and [a@b] and @a1"


def test_markup_characters_are_escaped() -> None:
    assert html("2 < 3 & 4") == "2 &lt; 3 &amp; 4"


def test_plain_text_has_no_markup_and_no_gap_where_a_citation_was() -> None:
    tokens = markdown.parse("One **two** three [@a1].\n\n- four [@b2]\n- five\n")

    assert markdown.plain(tokens, VALUES) == "One two three.\nfour\nfive"


def test_a_placeholder_is_filled_in_text_and_html() -> None:
    text = "Call **{emergency_number}**."

    assert html(text) == "Call <strong>&lt;911&gt;</strong>."
    assert markdown.plain(markdown.parse(text), VALUES) == "Call <911>."
    assert markdown.placeholders(markdown.parse(text)) == ("emergency_number",)


def test_citations_are_found_in_order_with_repeats() -> None:
    assert markdown.citations(markdown.parse("x [@b2]\n\n- y [@a1; @b2]")) == ("b2", "a1", "b2")
