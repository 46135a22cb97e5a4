"""A dossier in instruction, and what is sent to decide of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import Person
from guichet.habilitations import queries


@pytest.fixture
def taken(applicant: Person, instructor: Person, known_registers) -> Callable[..., int]:
    """A dossier in instruction."""

    def make(changes: dict[str, str] | None = None) -> int:
        return kit.take(dossiers.deposited(applicant.actor, changes), instructor.actor)

    return make


def offers(card: str) -> set[str]:
    """The offers that rights of a dossier give."""
    return {right.offer.value for right in queries.rights_of(card, timezone.now())}


def accepting(number: int, rows: list[str], types: list[str], **more: str) -> dict[str, object]:
    """What accepts a dossier."""
    return {"rows": rows, "types": types, **more}
