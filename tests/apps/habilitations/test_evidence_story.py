"""From a dossier to a certificate: the evidence file tells, and proves, the whole of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import Person
from apps.orders import incidents
from apps.orders.counter import ShortKeys
from guichet.authority import hierarchy
from guichet.authority.signer import Signer
from guichet.orders import evidence, operations
from guichet_verify.findings import Level
from guichet_verify.verifying import Trust, verify
from kit import published_log

PKI_BASE = "http://127.0.0.1:8080"


@pytest.fixture
def withdrawn(
    applicant: Person, instructor: Person, known_registers: Any, db: None
) -> Callable[[Person], int]:
    """A dossier deposited and accepted, then a product of one of its administrators."""

    def make(holder: Person) -> int:
        keystore = ShortKeys()
        hierarchy.create(keystore, pki_base=PKI_BASE, at=timezone.now() - timedelta(days=400))
        dossier = kit.take(dossiers.deposited(applicant.actor), instructor.actor)
        kit.decide(dossier, instructor.actor)
        number = incidents.placed(holder, structure=f"3{dossiers.AGENCY}")
        Signer(keystore, PKI_BASE).run_once(timezone.now())
        operations.collect_issued(timezone.now())
        return incidents.taken(holder, number)

    return make


def test_the_dossier_and_its_decision_are_proved_and_nobody_in_them_is_named(
    withdrawn: Callable[[Person], int],
    holder: Person,
    applicant: Person,
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    number, at = withdrawn(holder), timezone.now()
    published_log.integrate(tmp_path / "keys")
    product = evidence.product_for(number, holder.actor, at)
    file = json.dumps(evidence.evidence_of(product, holder.actor, at))
    report = verify(file.encode(), Trust())
    assert {o.level for o in report.findings if o.code != "root-contained"} == {
        Level.GOOD,
        Level.NOTE,
    }
    told = {o.code.value for o in report.findings if o.level is not Level.GOOD}
    assert told == {"key-contained", "root-contained"}
    for name in ("DUPONT", "MOREL", "monmail@sante.fr", applicant.actor.ref):
        assert name not in file
