"""Where a right comes from, as its row says it."""

import pytest

from guichet.habilitations.queries.people import dossier_of


@pytest.mark.parametrize(
    ("origin", "number"),
    [
        ("dossier:12", 12),
        ("dossier:", None),
        ("dossier:²", None),
        ("dossier:-1", None),
        ("renewal:3", None),
        ("", None),
    ],
)
def test_a_dossier_is_read_of_an_origin_that_names_one(origin: str, number: int | None) -> None:
    """Any other origin shows none, and no page falls on it."""
    assert dossier_of(origin) == number
