"""The commands that list and purge dossiers, and the clerk that needs none."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from apps.habilitations import dossiers
from apps.habilitations.purging import NOW, _state, decided, draft, purge  # noqa: F401 the fixtures
from apps.habilitations.rights_kit import structure
from guichet.cli import app
from guichet.domain.dossier.states import DossierAct
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import (
    drafting,
    upkeep,
)
from guichet.habilitations.policy import policy

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["habilitation", *arguments], catch_exceptions=False)
    return done.exit_code, done.output


def test_the_command_says_before_it_does(draft, applicant) -> None:
    """--dry-run deletes nothing and lists what would be."""
    drafting.trash(number=draft, by=applicant.actor, at=NOW - policy().trash_life)
    code, said = run("purge", "--dry-run")
    assert code == 0
    assert f"{draft}  draft            draft in the bin" in said
    assert "1 would be purged." in said
    assert Dossier.objects.filter(number=draft).exists()
    assert "1 purged." in run("purge")[1]
    assert not Dossier.objects.filter(number=draft).exists()
    assert "0 purged." in run("purge")[1]
    code, said = run("show", str(draft))
    assert (code, said.splitlines()[0]) == (0, f"Dossier {draft}: draft")
    assert "purged: " in said


def test_the_clerk_purges(draft, applicant) -> None:
    """Nobody has to remember."""
    drafting.trash(number=draft, by=applicant.actor, at=NOW - policy().trash_life)
    assert upkeep.purge_what_is_over(NOW) == 1


def test_the_command_shows_and_lists(known_registers, applicant, instructor) -> None:
    """State, dates, rights; and the open rights of a structure."""
    number = dossiers.deposited(applicant.actor, at=NOW)
    decided(number, instructor, NOW, DossierAct.ACCEPT)
    code, said = run("show", str(number))
    assert code == 0
    for words in (f"Dossier {number}: accepted", "filed: ", "decided: ", "right: 318751275100020"):
        assert words in said
    code, said = run("list", f"3{dossiers.AGENCY}")
    assert code == 0
    assert f"dossier:{number}" in said
    assert dossiers.JEANNE_CARD in said
    assert run("list", "inconnue")[0] == run("show", "1")[0] == 1
    structure()
    assert run("list", "10B0135356") == (0, "HOPITAL DES 3 DAMES (10B0135356)\n")
