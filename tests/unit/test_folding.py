"""Letters that are the same to whoever looks for a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.folding import folded


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("JOSÉ", "jose"),
        ("Müller", "muller"),
        ("Straße", "strasse"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("İpek Işık", "ipek isik"),
        ("ΑΛΈΞΗΣ", "αλεξησ"),
        ("ＡＮＡ", "ana"),
        ("أحمد", "احمد"),
        ("آمنة", "امنه"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("مصطفى", "مصطفي"),
        ("علی کریم", "علي كريم"),
        ("ﷴ", "محمد"),
        ("٦٠٢۵۵۵", "602555"),
        ("林 美玲", "林 美玲"),
        ("An\u200ba", "ana"),
    ],
)
def test_spellings_of_one_name_are_the_same(text: str, same: str) -> None:
    assert folded(text) == same


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    once = folded(text)

    assert folded(once) == once
