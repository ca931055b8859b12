"""What somebody looks for: a reference, a number, an address, or the words of a name, by how it is written.

No library of telephone numbers is loaded, though visitors' numbers were read by one. A number is found by the digest
of how it is dialled from abroad, and there are only so many ways to that from what somebody types: with the country's
code or without, with what is dialled before it or without. All of them are tried, which takes less than to load the
library. Where no digest is there, the last digits are compared.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.first_name import without_titles
from shared.folding import folded
from shared.lead import read_reference

# By its last digits a number is known, whatever stands before them here or abroad.
_LAST_DIGITS: Final = 8
# With fewer, too many would be found.
_FEWEST_DIGITS: Final = 4
# With so many it may be a whole number, whatever is written around it.
_WHOLE_NUMBER: Final = 7
# Country codes have one to three digits (ITU-T E.164).
_CODE_LENGTHS: Final = (1, 2, 3)
# What is dialled to get abroad, or to get out of one's town, before a number.
_PREFIXES: Final = re.compile(r"011|0+")
# What comes after a number, and is dialled once somebody has answered.
_EXTENSION: Final = re.compile(r"(?<=\d)\s*(?:;ext=|[^\W\d_]+\.?|#|,+)\s*\d{1,6}\D*$")
# A zero that is dialled within a country alone: +44 (0)20 7946 0958.
_TRUNK_ZERO: Final = re.compile(r"\(\s*0\s*\)")
_UMLAUTS: Final = re.compile(r"(?<=[aou])e")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; nothing where all are empty.

    Attributes:
        reference: A reference as it is stored.
        numbers: Numbers as they may be stored, in E.164.
        digits: The last digits of a number.
        address: An address as a digest is made of it.
        words: The words of a name, folded.
    """

    reference: str | None = None
    numbers: tuple[str, ...] = ()
    digits: str = ""
    address: str | None = None
    words: tuple[str, ...] = ()

    @property
    def is_person(self) -> bool:
        """Whether enquiries have to be looked through: no pointer leads to what is written in them."""
        return bool(self.digits or self.words)

    def is_of(self, name: str, phone: str) -> bool:
        """Whether a person of this name and number is meant, by either."""
        if self.digits and phone.endswith(self.digits):
            return True
        if not self.words:
            return False
        letters = _letters(folded(name))
        shorter = _UMLAUTS.sub("", letters)
        return all(word in letters or _UMLAUTS.sub("", word) in shorter for word in self.words)


def read(text: str, practice_phone: str) -> Wanted:
    """What a text asks for.

    Args:
        text: What somebody typed.
        practice_phone: The practice's own number in E.164: numbers without a country's code are of its country.
    """
    if "@" in text:
        return Wanted(address=_address(text))
    line = folded(text)
    reference = read_reference(line)
    digits = _digits(_EXTENSION.sub("", line))
    has_letters = any(letter.isalpha() for letter in line)
    if len(digits) >= _WHOLE_NUMBER or (len(digits) >= _FEWEST_DIGITS and not has_letters):
        numbers = tuple(_numbers(_EXTENSION.sub("", line), practice_phone)) if len(digits) >= _WHOLE_NUMBER else ()
        return Wanted(reference, numbers, digits[-_LAST_DIGITS:])
    # "Mrs Lopez" has to find "Ana Lopez". What is looked through may have a title: only a part of it has to be there.
    words = tuple(word for each in without_titles(line.split()) if (word := _letters(each)))
    return Wanted(reference, words=words if has_letters and not (reference and digits) else ())


def _numbers(line: str, practice_phone: str) -> Iterator[str]:
    own = _digits(practice_phone)
    written = dict.fromkeys(_digits(each) for each in (line, _TRUNK_ZERO.sub("", line)))
    dialled = dict.fromkeys(
        [*written, *(each[prefix.end() :] for each in written if (prefix := _PREFIXES.match(each)))]
    )
    found = [f"+{each}" for each in dialled]
    if "+" not in line:
        # Which of them is the country's code nobody here knows; the others make numbers that nobody has.
        found += [f"+{own[:length]}{each}" for length in _CODE_LENGTHS for each in dialled]
    yield from dict.fromkeys(found)


def _address(text: str) -> str:
    """An address in small letters, its domain in ASCII as it is sent to (RFC 5890)."""
    local, _, domain = unicodedata.normalize("NFKC", "".join(text.split())).rpartition("@")
    # Small letters, but not folded: with ss for ß it would be another domain.
    labels = domain.lower().split(".")
    sent_to = (each if each.isascii() else f"xn--{each.encode('punycode').decode()}" for each in labels)
    return f"{local.casefold()}@{'.'.join(sent_to)}"


def _letters(text: str) -> str:
    """Without what some put between the words of a name, and others do not."""
    return "".join(letter for letter in text if letter.isalnum())


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
