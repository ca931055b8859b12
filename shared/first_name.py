"""The first name in a name that a visitor typed, for the subject of an alert.

Half a name is unpleasant ("from عبد", servant), and a title is none ("from Dr."). So wherever the first name cannot be
told from the rest there is none: the whole name stands in the mail.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from shared.folding import folded

_LONGEST: Final = 30


def _folded(word: str) -> str:
    """A word as the lists below have it: folded, without dots."""
    return folded(word).replace(".", "").rstrip(",")


def _words(text: str) -> frozenset[str]:
    return frozenset(map(_folded, text.split()))


# What stands before a name in the languages of the pages: English, Spanish, French, Arabic (Chinese has it after the
# name), and in some that are spoken by their readers.
_TITLES: Final = _words(
    """
    mr mrs ms miss mx mister master sir madam maam dr doctor prof professor rev reverend fr father sister hon lord lady
    dame capt captain sgt lt lieutenant col maj gen md mohd
    sr sra srta srita señor señora señorita don doña d dn dña dra doctora profesor profesora profa lic licenciado
    licenciada ing ingeniero ingeniera arq mtro mtra maestro maestra
    m mm mme mmes mlle mlles monsieur madame mademoiselle docteur docteure pr professeur professeure me maître
    د دكتور دكتورة الدكتور الدكتورة م مهندس مهندسة المهندس المهندسة أ أستاذ أستاذة الأستاذ الأستاذة سيد سيدة السيد
    السيدة آنسة الآنسة شيخ الشيخ شيخة الشيخة حاج الحاج حاجة الحاجة
    herr frau signor signora sig senhor senhora shri sri smt
    """
)
# Chinese has it after the name, often without a space: Ms, Mr, Miss, Mrs, doctor, teacher.
_TITLES_BEHIND: Final = ("女士", "先生", "小姐", "太太", "醫師", "医生", "老師")
# They begin a family name.
_PARTICLES: Final = _words(
    """
    de del della delle dei di da do dos das du des van von vom zu zum zur ter ten der den het la las los le les el bin
    bint san santa saint st mc بن ال آل
    """
)
# They too, but with a capital they are first names.
_PARTICLES_IF_SMALL: Final = frozenset({"al", "ben"})
# A first name in two words, or three: servant of, father of, mother of, son of, daughter of.
_FIRST_HALVES: Final = _words("abd abdul abdel abdal abu abou aboo umm oum ibn عبد أبو أبي أبا أم ابن بنت")
_ARTICLES: Final = _words("al el ul ur ar as ال")


def first_name(name: str) -> str | None:
    """Find the first name in a name, for the subject.

    Returns:
        The first name, or None where it cannot be told from the rest, or is not a name at all.
    """
    words = name.split()
    untitled = without_titles(words)
    # After a title, one word alone is a family name.
    if len(untitled) == 1 < len(words) or not untitled or _is_title(untitled[0]) or _is_particle(untitled[0]):
        return None
    first = untitled[: _length(untitled)]
    shown = " ".join(first)
    return shown if shown and len(shown) <= _LONGEST and all(map(_can_be_shown, first)) else None


def without_titles(words: Sequence[str]) -> list[str]:
    """The words of a name without the titles around it, as long as anything is left then."""
    start = next((position for position, word in enumerate(words) if not _is_title(word)), 0)
    *others, last = words[start:] or ("",)
    for title in _TITLES_BEHIND:
        last = last.removesuffix(title)
    return [each for each in (*others, last) if each] or list(words)


def _is_title(word: str) -> bool:
    return _folded(word) in _TITLES


def _is_particle(word: str) -> bool:
    return _folded(word) in _PARTICLES or word in _PARTICLES_IF_SMALL


def _length(words: list[str]) -> int:
    """Of how many words the first name is made; 0 where its second half is missing."""
    if _folded(words[0]) not in _FIRST_HALVES:
        return 1
    length = 3 if len(words) > 1 and _folded(words[1]) in _ARTICLES else 2
    return length if len(words) >= length else 0


def _can_be_shown(word: str) -> bool:
    # One letter is an initial. Chinese, Japanese and Korean names are written without a space: the first word may be
    # the whole name.
    return (
        sum(map(str.isalpha, word)) > 1
        and all(unicodedata.category(letter)[0] in "LM" or letter in "'’-" for letter in word)
        and not any("\u2e80" <= letter <= "\ufaff" for letter in word)
    )
