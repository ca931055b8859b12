"""Letters as they are compared: whatever case, accents, vowel signs and forms they were written in."""

import unicodedata
from typing import Final

# Arabic letters that are written one way or the other; tatweel only makes a word longer. Persian keyboards have a yeh
# and a kaf of their own. Of the Latin ones here Unicode takes no mark away, for it sees none.
_ONE_SPELLING: Final = str.maketrans(
    {
        "ٱ": "ا",
        "ة": "ه",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ـ": None,
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
    }
)


def folded(text: str) -> str:
    """The text in small letters, without accents and vowel signs, digits of all scripts as 0 to 9.

    A hamza that is written above or below its letter goes like an accent.
    """
    # Twice: some capitals are taken apart into what has to be made small again.
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_ONE_SPELLING)
    return "".join(_digit(letter) for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))


def _digit(letter: str) -> str:
    number = unicodedata.decimal(letter, None)
    return letter if number is None else str(number)
