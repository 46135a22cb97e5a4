"""Whether two ways of writing a name mean the same person."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.person_names import Match, compare, words

NAMES = st.text(
    alphabet="abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüÿœæ'- ABCDEÉ", min_size=1, max_size=40
)


@pytest.mark.parametrize(
    ("declared", "registered"),
    [
        ("Jeanne CHARLES", "CHARLES JEANNE"),
        ("jeanne charles", "CHARLES Jeanne"),
        ("Jean-Luc PÉRIER", "PERIER JEAN LUC"),
        ("Anne-Sophie D’ARTAGNAN", "D'ARTAGNAN ANNE SOPHIE"),
        ("Françoise ÇELIK", "CELIK FRANCOISE"),
        ("  Jeanne   CHARLES ", "CHARLES / JEANNE"),
        ("Zoe\u0308 NOËL", "NOEL ZOË"),
        ("Jeanne\u00a0CHARLES", "JEANNE CHARLES"),
        ("DIRECTRICE-CH143590001 SOPHIE", "SOPHIE DIRECTRICE CH143590001"),
        ("\ufb01ona LE GOFF", "LE GOFF FIONA"),
    ],
)
def test_the_same_person_written_otherwise(declared: str, registered: str) -> None:
    """SAME. Case, accents, hyphens, apostrophes, order and spaces tell nobody apart."""
    assert compare(declared, registered) is Match.SAME
    assert compare(registered, declared) is Match.SAME


@pytest.mark.parametrize(
    ("declared", "registered"),
    [
        ("Jeane CHARLES", "CHARLES JEANNE"),
        ("Jeanne CHARLES", "CHARLES JEANNE MARIE"),
        ("Jeanne Marie CHARLES", "CHARLES JEANNE"),
        ("Jeanne CHARLES-DUPONT", "CHARLES JEANNE"),
        ("CHARLES", "CHARLES JEANNE"),
        ("Catherine MARTIN", "MARTIN KATHERINE"),
        ("Nathalie LEFÈVRE", "LEFEBVRE NATHALIE"),
    ],
)
def test_a_near_match_is_a_question(declared: str, registered: str) -> None:
    """NEAR. A letter, a given name or half of a double name: a person must look."""
    assert compare(declared, registered) is Match.NEAR
    assert compare(registered, declared) is Match.NEAR


@pytest.mark.parametrize(
    ("declared", "registered"),
    [
        ("Jean DUPONT", "CHARLES JEANNE"),
        ("Jeanne MARTIN", "CHARLES JEANNE"),
        ("Paul CHARLES", "CHARLES JEANNE"),
        ("", "CHARLES JEANNE"),
        ("—", "CHARLES JEANNE"),
        ("Jeanne CHARLES", ""),
    ],
)
def test_another_person(declared: str, registered: str) -> None:
    """DIFFERENT. A shared given name or surname is not a person; nothing is nobody."""
    assert compare(declared, registered) is Match.DIFFERENT


def test_words_are_folded_and_sorted() -> None:
    """Letters of other alphabets stay: only marks are dropped."""
    assert words("Jean-Luc PÉRIER") == ("JEAN", "LUC", "PERIER")
    assert words("Ольга ИВАНОВА") == ("ИВАНОВА", "ОЛЬГА")
    assert words("!?_ ") == ()


@given(NAMES)
def test_a_name_is_itself_however_it_is_composed(name: str) -> None:
    """SAME. NFC, NFD and case make no difference."""
    for form in ("NFC", "NFD"):
        assert compare(unicodedata.normalize(form, name), name) is Match.SAME
    assert words(name.upper()) == words(name.upper().lower())


@given(NAMES, NAMES)
def test_the_comparison_has_no_direction(left: str, right: str) -> None:
    """What meets in one direction meets in the other, as far as SAME goes."""
    same = compare(left, right) is Match.SAME
    assert same == (compare(right, left) is Match.SAME)
    assert same == (words(left) == words(right))
