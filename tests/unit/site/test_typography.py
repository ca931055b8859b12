"""What text looks like where it is put together."""

import pytest

from infra.site.sources.typography import close_gaps, sentences


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("電話： 602", "電話：602"),
        ('電話： <a href="tel:1">1</a>', '電話：<a href="tel:1">1</a>'),
        ("<strong>首先是談話。</strong> 您可以發問。", "<strong>首先是談話。</strong>您可以發問。"),
        ('<time datetime="2026">11月23日</time>）。 譯文', '<time datetime="2026">11月23日</time>）。譯文'),
        ("已改變。</strong>\n<a>閱讀</a>", "已改變。</strong><a>閱讀</a>"),
        ("<title>錯誤： 找不到</title>", "<title>錯誤：找不到</title>"),
        ('{"title_prefix":"錯誤： "}', '{"title_prefix":"錯誤："}'),
        ("請打 911 求助", "請打 911 求助"),
        ("Phone: <a>1</a>", "Phone: <a>1</a>"),
        ("الهاتف: <a>1</a>", "الهاتف: <a>1</a>"),
        ("Téléphone : 1", "Téléphone : 1"),
    ],
)
def test_full_width_punctuation_is_followed_by_no_space(written: str, shown: str) -> None:
    assert close_gaps(written) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Thanks. We have it.", '<span class="piece">Thanks.</span> <span class="piece">We have it.</span>'),
        ("شكرًا لك. وصلنا.", '<span class="piece">شكرًا لك.</span> <span class="piece">وصلنا.</span>'),
        ("謝謝您。已收到。", '<span class="piece">謝謝您。</span> <span class="piece">已收到。</span>'),
        ("Page <not> found", "Page &lt;not&gt; found"),
    ],
)
def test_sentences_of_a_heading_are_kept_in_one_piece(text: str, shown: str) -> None:
    assert sentences(text) == shown
