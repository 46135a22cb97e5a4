"""Telephone numbers as people of every French department, and from abroad, type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.phones import Phone
from guichet.domain.refusals import Code, Refusal


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01 02 03 04 05", "+33102030405"),
        ("0102030405", "+33102030405"),
        ("01.02.03.04.05", "+33102030405"),
        ("01-02-03-04-05", "+33102030405"),
        ("+33 1 02 03 04 05", "+33102030405"),
        ("0033 1 02 03 04 05", "+33102030405"),
        ("+33 (0)1 02 03 04 05", "+33102030405"),
        (" 06 12 34 56 78 ", "+33612345678"),
        ("07\u00a056\u00a012\u00a034\u00a056", "+33756123456"),
        ("0262 90 12 34", "+262262901234"),  # La Réunion
        ("0692 12 34 56", "+262692123456"),
        ("0269 61 12 34", "+262269611234"),  # Mayotte
        ("0590 82 12 34", "+590590821234"),  # Guadeloupe
        ("0696 20 12 34", "+596696201234"),  # Martinique
        ("0594 30 12 34", "+594594301234"),  # Guyane
        ("+687 25 12 34", "+687251234"),  # Nouvelle-Calédonie
        ("+32 2 551 20 20", "+3225512020"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+41 22 730 51 11", "+41227305111"),
        ("+377 93 15 22 22", "+37793152222"),
    ],
)
def test_numbers_people_type(typed: str, kept: str) -> None:
    """ACCEPTED. Kept as E.164, overseas departments under their own code."""
    assert Phone.parse(typed).value == kept
    assert str(Phone.parse(typed)) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "15",
        "112",
        "3646",
        "01 02 03 04",
        "01 02 03 04 05 06 07",
        "téléphone",
        "jean.dupont@sante.fr",
        "+",
        "+999 12 34 56 78",
        "0" * 30,
        "<script>",
    ],
)
def test_what_is_no_number(typed: str) -> None:
    """REFUSED. Short numbers cannot be called back; a pair of digits left out is a mistake."""
    with pytest.raises(Refusal) as refused:
        Phone.parse(typed)
    assert refused.value.code is Code.PHONE_INVALID


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("+33102030405", "01 02 03 04 05"),
        ("0262901234", "0262 90 12 34"),
        ("+3225512020", "+32 2 551 20 20"),
    ],
)
def test_numbers_are_written_as_people_read_them(typed: str, written: str) -> None:
    """National where it is French, international elsewhere."""
    assert Phone.parse(typed).written == written


def test_a_number_newer_than_the_tables_is_accepted() -> None:
    """ACCEPTED. Of the right length, though no operator is known to hold it."""
    assert Phone.parse("07 20 99 00 00").value == "+33720990000"
    assert Phone.parse("+32 2 000 00 00").value == "+3220000000"


def test_a_refusal_shows_what_was_typed_safely() -> None:
    """Characters that hide or turn the text are shown by their number."""
    with pytest.raises(Refusal) as refused:
        Phone.parse("\u202eabc")
    assert "\u202e" not in str(refused.value.facts["text"])


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_a_refusal(typed: str) -> None:
    """Never another error; what is kept is kept again as it is."""
    try:
        found = Phone.parse(typed)
    except Refusal:
        return
    assert Phone.parse(found.value) == found
