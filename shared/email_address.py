"""What an e-mail address looks like: `leads` asks before it stores one, `notify` before it becomes a header."""

import re
from typing import Final

# RFC 5321 section 4.1.2, and beyond ASCII whatever RFC 6531 allows; no quoted local part, which no provider hands out.
# Nor "=?", which mail programs take for the start of an encoded word (RFC 2047).
# Sets say what is not in them: one that reaches to the end of Unicode takes milliseconds to compile.
_ATOM: Final = r'[^\0- \x7f"(),.:;<>@\[\\\]]+'
_LETTER: Final = r"[^\0-/:-@\[-`{-\x7f]"
_LABEL: Final = rf"{_LETTER}(?:(?:{_LETTER}|-){{0,61}}{_LETTER})?"
_ADDRESS: Final = rf"(?=[^@]{{1,64}}@)(?!.*=\?){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}(?<=[^.].)"


def is_email_address(text: str) -> bool:
    """Whether it has the form of one, which is no promise of delivery."""
    return re.fullmatch(_ADDRESS, text) is not None
