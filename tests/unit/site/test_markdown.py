"""Markdown as articles use it."""

from infra.site.sources import markdown

NUMBERS = {"a1": 1, "b2": 2}
VALUES = {"emergency_number": "<911>"}


def html(text: str, separator: str = ", ") -> str:
    style = markdown.Style(NUMBERS, lambda number: f'Source "{number}"', "/list", VALUES, separator)
    return markdown.render(markdown.parse_inline(text), style)


def test_a_citation_becomes_links_read_out_in_words() -> None:
    assert html("True. [@b2; @a1] More") == (
        'True.<sup class="cite"><a href="/list#ref-b2" aria-label="Source &#34;2&#34;">2</a>, '
        '<a href="/list#ref-a1" aria-label="Source &#34;1&#34;">1</a></sup> More'
    )


def test_citations_are_separated_as_the_language_does() -> None:
    assert "</a>، <a" in html("صحيح. [@b2; @a1]", "، ")


def test_no_line_ends_inside_a_telephone_number() -> None:
    assert html("Call [602 555-0142](tel:+16025550142) or [the front desk](#desk) now") == (
        'Call <a href="tel:+16025550142">602\u00a0555\u20110142</a> or <a href="#desk">the front desk</a> now'
    )


def test_text_that_is_read_aloud_has_no_gap_after_full_width_punctuation() -> None:
    assert markdown.plain(markdown.parse("**首先是談話。** 您可以發問。"), VALUES) == "首先是談話。您可以發問。"


def test_the_last_two_characters_of_a_chinese_paragraph_stay_together() -> None:
    assert html("可能會**減弱**疼痛。[@a1]").startswith("可能會<strong>減弱</strong>疼\u2060痛。<sup")
    assert html("請打 911") == "請打 911"


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
