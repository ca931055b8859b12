"""Text from people, made safe to store and to show; what they meant stays."""

import unicodedata

# Explicit directional embeddings, overrides and isolates (UAX #9): unbalanced, they reorder text that is not theirs.
# The marks U+200E, U+200F and U+061C stay: they are part of ordinary right-to-left writing.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS = tuple(map(ord, "\n\r\v\f\x85\u2028\u2029"))
# What is cut off at the ends of a text: the white space that is no control (category Zs, and line feeds), and what is
# as good as that there: zero width space, word joiner, byte order mark and soft hyphen. No regular expression: one that
# looks for them at the end tries again at each of a thousand spaces in the middle.
_ENDS = (
    "\n \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u200b\u2060\ufeff\u00ad"
)
# Zero width non-joiner and joiner: format characters that are part of how some languages spell.
_JOINERS = "\u200c\u200d"
# What an East Asian keyboard writes for printable ASCII (U+FF01 to U+FF5E).
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}


def narrow(text: str) -> str:
    """The text with full-width forms of ASCII as ASCII. Other characters that only look alike stay."""
    return text.translate(_FULL_WIDTH)


# Letters by their category, and nothing to see: the Hangul fillers.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
# Unassigned, and never to be letters: noncharacters, and what is reserved for characters that are not seen.
_NEVER_LETTERS = frozenset((0x2065, *range(0xFDD0, 0xFDF0), *range(0xFFF0, 0xFFF9)))


def is_letter(letter: str) -> bool:
    """Whether it is a letter, for all that is known of it: one may be newer than Python's tables, or of private use."""
    kind, number = unicodedata.category(letter), ord(letter)
    if kind == "Cn":
        return number & 0xFFFE != 0xFFFE and number not in _NEVER_LETTERS and not 0xE0000 <= number <= 0xE0FFF
    return kind == "Co" or (kind[0] == "L" and letter not in _FILLERS)


def clean_line(text: str) -> str:
    """One line: normalised (NFC), without controls or lone surrogates, white space folded to single spaces."""
    return " ".join(_printable(_unbroken(text, " ")).split()).strip(_ENDS)


def clean_plain_line(text: str) -> str:
    """One line without format characters, which come along when a number or an address is copied from a chat."""
    if text.isascii():
        return clean_line(text)
    unmarked = (letter for letter in text if unicodedata.category(letter) != "Cf" or letter in _JOINERS)
    return clean_line("".join(unmarked).strip(f"{_JOINERS} "))


def clean_lines(text: str) -> str:
    """Several lines, each as it was typed but for control characters; line breaks become line feeds."""
    lines = _unbroken(text.replace("\r\n", "\n"), "\n").split("\n")
    return "\n".join(_printable(line.replace("\t", " ")).rstrip() for line in lines).strip(_ENDS)


def _unbroken(text: str, replacement: str) -> str:
    return text.translate(dict.fromkeys(_LINE_BREAKS, replacement))


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():  # most of what is typed, and then there is nothing to do
        return text
    normal = unicodedata.normalize("NFC", text)
    return "".join(
        letter for letter in normal if letter not in _BIDI_CONTROLS and unicodedata.category(letter) not in ("Cc", "Cs")
    )
