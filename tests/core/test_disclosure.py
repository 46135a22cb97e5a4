"""What may be told to everybody of counts: nothing that a reader could work out again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.dossier.disclosure import FEWEST, all_told, share, told

COUNTS = st.dictionaries(st.integers(0, 11), st.integers(0, 12), max_size=6)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 0, "b": 5, "c": 60}, {"a": 0, "b": 5, "c": 60}),
        ({"a": 4, "b": 60, "c": 5}, {"a": None, "b": 60, "c": None}),
        ({"a": 1, "b": 2, "c": 60}, {"a": None, "b": None, "c": None}),
        ({"a": 2, "b": 3, "c": 60}, {"a": None, "b": None, "c": 60}),
        ({"a": 3, "b": 0}, {"a": None, "b": 0}),
        ({}, {}),
    ],
)
def test_a_small_count_takes_others_with_it(counts, shown) -> None:
    """Alone, or small together, it would be the sum less the others."""
    assert all_told(counts) == shown


@given(COUNTS)
def test_nothing_small_is_told_nor_can_be_worked_out(counts: dict[int, int]) -> None:
    """What is left out is two counts and FEWEST at least, or everything that there is."""
    shown = all_told(counts)
    hidden = [counts[key] for key, count in shown.items() if count is None]
    assert all(count is None or count == counts[key] for key, count in shown.items())
    assert not any(0 < (count or 0) < FEWEST for count in shown.values())
    whole = sum(counts.values())
    assert not hidden or (len(hidden) >= 2 and sum(hidden) >= FEWEST) or sum(hidden) == whole


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, None), (0, 8, 0), (8, 8, 100), (4, 50, None), (47, 50, None), (5, 20, 25)],
)
def test_a_share_tells_no_small_count(part: int, whole: int, said: int | None) -> None:
    """On neither side."""
    assert share(part, whole) == said


def test_none_is_told() -> None:
    """That there are none says nothing of anybody."""
    assert [told(n) for n in (0, 1, 4, 5)] == [0, None, None, 5]
