"""Before a dossier is reopened: the law is told where rights stand, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.habilitations import instruction_kit as kit
from apps.habilitations.deciding import taken  # noqa: F401 the fixture
from apps.habilitations.dossiers import Person

pytestmark = pytest.mark.django_db
LAW = "article L.242-1"
SUSPENDED = "Les droits ouverts par ce dossier sont suspendus"
NO_RIGHT = "Aucun droit n’est ouvert par ce dossier"


def test_an_acceptance_is_reopened_under_the_law(
    taken: Callable[..., int],  # noqa: F811
    instructor: Person,
    supervisor: Person,
) -> None:
    """It made rights: they are suspended, and the law gives four months (CRPA, L.242-1)."""
    number = taken()
    kit.decide(number, instructor.actor)
    page = kit.text_of(supervisor.get(kit.at(number, "rouvrir/")))
    assert [LAW in page, SUSPENDED in page, NO_RIGHT in page] == [True, True, False]


@pytest.mark.parametrize(
    ("page", "code"), [("refuser/", "not-representative"), ("classer/", "duplicate")]
)
def test_what_made_no_right_is_reopened_without_it(
    page: str,
    code: str,
    taken: Callable[..., int],  # noqa: F811
    instructor: Person,
    supervisor: Person,
) -> None:
    """Neither a refusal nor a dossier closed made a right that reopening could take back."""
    number = taken()
    kit.act(instructor, number, page, lu=kit.stamp(number), confirmer="1", modele=code)
    text = kit.text_of(supervisor.get(kit.at(number, "rouvrir/")))
    assert [LAW in text, SUSPENDED in text, NO_RIGHT in text] == [False, False, True]
