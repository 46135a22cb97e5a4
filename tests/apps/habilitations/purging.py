"""Dossiers at the end of their time, and what deletes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.habilitations.operations import (
    deciding,
    instructing,
    purging,
)
from guichet.habilitations.operations.deciding import Choice

NOW = timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def _state(settings: Any, tmp_path: Any) -> None:
    """Files of a test alone."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


@pytest.fixture
def draft(applicant) -> int:
    """A draft begun at NOW; its number."""
    return dossiers.begin_draft(applicant.actor, at=NOW)


def purge(at) -> list[tuple[int, str]]:
    """Purge at an instant; each number, and why it went."""
    return [(found.number, found.why) for found in purging.purge(by="test", at=at)]


def decided(number: int, by, at, act: DossierAct = DossierAct.REFUSE) -> None:
    """Decide of a dossier: refused, unless another act is named."""
    instructing.take(number=number, by=by.actor, at=at)
    rows = frozenset(dossiers.typed(number).ids("administrators"))
    chosen = Choice(act=act, reason="motif", rows=rows, types=frozenset({CertificateType.ORG}))
    deciding.decide(number=number, choice=chosen, by=by.actor, at=at)
