"""E-mail addresses: from what people type, or paste out of a sentence, to what can be sent to."""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from shared.email_address import deliverable, readable
from shared.text import narrow

# What stands before an address: a link's scheme, or the word for it in the languages of the pages.
_LABEL: Final = re.compile(
    r"(?P<link>mailto)\s*:\s*|(?:e-?mail|mail|correo(?: electr[oó]nico)?|courriel|電子?郵[件箱]|電郵|信箱"
    r"|(?:ال)?(?:بريد|[إا]يميل)(?: (?:ال)?إلكتروني)?)\s*:\s*",
    re.IGNORECASE,
)
# Full stops that UTS 46 takes for dots, a small @, and what only chooses how a character looks.
_OF_KEYBOARDS: Final = str.maketrans({"。": ".", "｡": ".", "﹫": "@", "\ufe0e": None, "\ufe0f": None})
# Telephones make the apostrophe of o'brien@ a curly one by themselves.
_APOSTROPHES: Final = dict.fromkeys(map(ord, "\u2018\u2019"), "'")
_JOINERS: Final = "\u200c\u200d"
# Beside an ASCII character a joiner joins nothing.
_STRAY_JOINER: Final = re.compile(rf"(?<=[ -~])[{_JOINERS}]+|[{_JOINERS}]+(?=[ -~])")
# In no address (RFC 5322 section 3.2.3: the specials but for the dot and the @), and so never its first character.
_SPECIALS: Final = frozenset(' <>()[]\\,;:"')
# In some addresses, and yet a quotation mark or Markdown where the same closes it after the end.
_CLOSED_BY: Final = {"'": "'", "`": "`", "*": "*", "_": "_", "~": "~", "|": "|", "{": "}"}
# Letters, their marks and digits by their category, and what RFC 5892 section 2.6 adds to them: l·l, 〇 and others.
_SPELLING: Final = ("Ll", "Lu", "Lt", "Lo", "Lm", "Mn", "Mc", "Nd")
_SPELLING_TOO: Final = "\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb"


def tidied(text: str) -> str:
    """An address without what a sentence, a mail program or a keyboard leaves around it, its domain in its own letters.

    Nothing is taken away but what can be no part of an address, and nothing out of its middle but spaces around the @:
    whoever typed it could have meant no other.
    """
    line = re.sub(r" ?@ ?", "@", readable(_STRAY_JOINER.sub("", narrow(text).translate(_OF_KEYBOARDS)).strip()))
    line = re.sub(r"(?<=\S) ?<mailto:[^<>]*>$| \([^()@]*\)$", "", line)  # ana@x.com<mailto:ana@x.com>, ana@x.com (home)
    line = re.sub(r"^[^<>@]*<([^<>]*)>$", r"\1", line)  # Ana Ruiz <ana@x.com>
    line = _without_ends(re.sub(r"^[^\w@]+ | [^\w@]+$", "", line))  # - ana@x.com
    if label := _LABEL.match(line):
        line = line[label.end() :]
        # RFC 6068: escaped, and from the question mark on no part of the address.
        line = _without_ends(unquote(line.partition("?")[0]) if label["link"] else line)
    local, at, domain = line.partition("@")
    return f"{local.translate(_APOSTROPHES)}{at}{domain}"


def read(address: str) -> str | None:
    """A tidied address as it is sent to, its domain in ASCII and lower case, or None where it is none.

    Its form counts, which is no promise of delivery. Domains that are reserved for tests and the like are taken as any
    other, as RFC 6761 section 6.2 wants it.
    """
    local, _, domain = address.rpartition("@")
    # A plain one, as nearly all are, is what the library would answer too (a test compares), and need not wait for it:
    # importing it takes longer than all else that is done with an enquiry.
    if deliverable(address) and "--" not in domain:
        return f"{local}@{domain.lower()}"
    return None if has_stray_character(address) else _read_by_library(address)


def has_stray_character(address: str) -> bool:
    """Whether a tidied text has a character that no address has: a space in its middle, a long dash, a smiley."""
    return "@" in address and (not _is_spelled(address) or not _SPECIALS.isdisjoint(address))


def are_several(address: str) -> bool:
    """Whether a tidied text is more than one address."""
    return re.search(r"[^@]@[^@]+[ ,;/|،、]+[^@]+@[^@]", address) is not None


def _read_by_library(address: str) -> str | None:
    # IDNA 2008 (RFC 5891 to 5893) after the mapping of UTS 46, and RFC 6531 before the @. A German ß stays one: as the
    # ss of IDNA 2003, which Python's own codec makes of it, it would be somebody else's domain.
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()  # the library's documented way to set them
    try:
        found = email_validator.validate_email(address, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return None
    sent_to = f"{found.local_part}@{found.ascii_domain}"
    if found.ascii_email:
        return deliverable(sent_to)
    # RFC 6531 counts octets. UTS 39 section 3.3 has no compatibility characters, such as a ligature, before the @.
    fits = len(found.local_part.encode()) <= 64 and unicodedata.is_normalized("NFKC", found.local_part)
    return sent_to if fits else None


def _is_spelled(text: str) -> bool:
    """Whether it holds, beyond ASCII, nothing but letters, their marks and digits, as RFC 8265 has it for names."""
    return all(
        letter.isascii() or unicodedata.category(letter) in _SPELLING or letter in _JOINERS + _SPELLING_TOO
        for letter in text
    )


def _without_ends(text: str) -> str:
    end = len(text)
    while end and not _may_end(text[end - 1]):
        end -= 1
    start = 0
    while start < end and not _may_begin(text[start], text[end:]):
        start += 1
    return text[start:end]


# Beyond ASCII only punctuation and spaces go: a symbol such as a circled letter may stand for one.
def _may_end(letter: str) -> bool:
    return letter.isalnum() if letter.isascii() else unicodedata.category(letter)[0] not in "PZ"


def _may_begin(letter: str, closed_by: str) -> bool:
    if letter.isascii():
        return letter not in _SPECIALS and _CLOSED_BY.get(letter, "\n") not in closed_by
    return unicodedata.category(letter)[0] not in "PZ"
