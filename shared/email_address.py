"""E-mail addresses: what one looks like, how people read it, and whether a header can carry it.

An address is stored as it is sent to, its domain in ASCII (`xn--…` where it is internationalised, RFC 5890).
"""

import re
from typing import Final

# RFC 5321 section 4.1.2, and beyond ASCII whatever RFC 6531 allows; no quoted local part, which no provider hands out.
# Nor "=?", which mail programs take for the start of an encoded word (RFC 2047).
# Sets say what is not in them: one that reaches to the end of Unicode takes milliseconds to compile.
_ATOM: Final = r'[^\0- \x7f"(),.:;<>@\[\\\]]+'
_LETTER: Final = r"[^\0-/:-@\[-`{-\x7f]"
_LABEL: Final = rf"{_LETTER}(?:(?:{_LETTER}|-){{0,61}}{_LETTER})?"
_ADDRESS: Final = rf"(?=[^@]{{1,64}}@)(?!.*=\?){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}(?<=[^.].)"
# Zero width non-joiner and joiner, which some scripts spell with; no other character that is not seen.
_JOINERS: Final = dict.fromkeys(map(ord, "\u200c\u200d"))


def is_email_address(text: str) -> bool:
    """Whether it has the form of one, which is no promise of delivery."""
    return re.fullmatch(_ADDRESS, text) is not None


def deliverable(address: str) -> str | None:
    """The address for a header: itself, or None where none can carry it, as with `josé@` before the domain.

    Anything else that could be read as another address, or as more than one, is None too.
    """
    return address if address.isascii() and is_email_address(address) else None


def readable(address: str) -> str:
    """The address for people: `bo@müller.example` for `bo@xn--mller-kva.example`. What cannot be shown so stays."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_readable_label, domain.split('.')))}"


def _readable_label(label: str) -> str:
    # Python's punycode codec is RFC 3492 alone, without the mappings of IDNA 2003, which make another domain of some.
    if not label.startswith("xn--"):
        return label
    try:
        shown = label.removeprefix("xn--").encode().decode("punycode")
        is_same = f"xn--{shown.encode('punycode').decode()}" == label
    except UnicodeError:
        return label
    return shown if is_same and not shown.isascii() and shown.translate(_JOINERS).isprintable() else label
