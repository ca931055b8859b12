"""What is the same wherever text is put together: in templates, in Markdown, between two messages."""

import re
from typing import Final

from markupsafe import Markup, escape

# Full-width punctuation brings its own space. Tags of running text may stand between it and the space that is too much,
# as in `**首先是談話。** 您`, where CommonMark wants one.
_GAP: Final = re.compile(
    r"(?<=[、。，：；！？）」』】》〉])((?:</?(?:a|b|bdi|cite|em|i|span|strong|sup|time)\b[^>]*>)*)\s+"
)
# Between the last two letters of a text that breaks between any two: a word joiner, where no line ends.
_LAST_TWO: Final = re.compile(r"(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff][、。，：；！？）」』】》〉]*\s*$)")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?؟]) |(?<=[。！？])")


def close_gaps(text: str) -> str:
    """`text`, which may be HTML, without white space after full-width punctuation."""
    return _GAP.sub(r"\1", text)


def keep_last_two(text: str) -> str:
    """The end of a paragraph, whose last line, if it is Chinese, never consists of a single character."""
    return _LAST_TWO.sub("\u2060", text)


def sentences(text: str) -> Markup:
    """`text` as HTML that keeps a sentence on one line where there is room, as headings of more than one need it."""
    pieces = [Markup('<span class="piece">{}</span>').format(each) for each in _SENTENCE_END.split(text) if each]
    return Markup(" ").join(pieces) if len(pieces) > 1 else escape(text)
