"""One timeline from the F413 to the certificate, and the decision as the applicant reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.habilitations.models import Right
from guichet.habilitations.operations import deciding, instructing
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.queries import life
from guichet.habilitations.queries.life import Step
from guichet.orders.after_dossier import steps_after
from guichet.orders.models import Order

pytestmark = pytest.mark.django_db


def decide(number: int, instructor: Any, act: DossierAct, **more: Any) -> None:
    at = timezone.now()
    instructing.take(number=number, by=instructor.actor, at=at)
    row = dossiers.typed(number).ids("administrators")
    choice = Choice(
        act=act, rows=frozenset(row[:1]), types=frozenset({CertificateType.ORG}), **more
    )
    deciding.decide(number=number, choice=choice, by=instructor.actor, at=at)


def page(person: Any, number: int) -> str:
    answer = person.get(f"/habilitations/dossiers/{number}/")
    return answer.content.decode().replace("\u202f", " ")


def order(number: int, right: Right, **more: Any) -> None:
    at = timezone.now() + timedelta(minutes=1)
    Order.objects.create(
        number=101_180,
        state="withdrawn",
        offer="ORG",
        usage="AUTH_CLI",
        structure_id=right.structure.national_id,
        right_key=str(right.key),
        signing_request="00000000-0000-4000-8000-000000000001",
        placed_at=at,
        available_at=at + timedelta(minutes=1),
        withdrawn_at=at + timedelta(minutes=2),
        **more,
    )


def test_an_accepted_dossier_goes_on_to_its_certificates(
    applicant, instructor, known_registers
) -> None:
    """Déposé, instruit, accepté, habilité, demandé, prêt, retiré, in that order."""
    number = dossiers.deposited(applicant.actor)
    decide(number, instructor, DossierAct.ACCEPT)
    order(number, Right.objects.get())
    titles = [step.title for step in life.steps(dossiers.row(number))]
    assert titles == [
        "Brouillon commencé",
        "Dossier déposé",
        "Passé en instruction",
        "Dossier accepté",
        "1 carte habilitée à commander",
        "Certificat ORG/AUTH_CLI demandé (n° 101180)",
        "Certificat n° 101180 prêt au retrait",
        "Certificat n° 101180 retiré",
    ]
    shown = page(applicant, number)
    assert "Votre dossier est accepté" in shown
    assert "Jeanne CHARLES, carte 0203040506" in shown
    assert "terminé" in shown
    assert life.next_steps(dossiers.row(number)) == ()


def test_a_refusal_is_shown_with_its_reasons(applicant, instructor) -> None:
    """ "Terminé" with the decision and why."""
    number = dossiers.deposited(applicant.actor)
    decide(number, instructor, DossierAct.REFUSE, reason="Le mandat a expiré.")
    shown = page(applicant, number)
    assert "Votre dossier est refusé" in shown
    assert "Le mandat a expiré." in shown
    assert "Renouveler à partir de ce dossier" in shown


def test_what_is_ahead_follows_the_state(applicant, instructor) -> None:
    """Instruction is ahead of a deposited dossier, and behind once it was taken."""
    number = dossiers.deposited(applicant.actor)
    assert life.next_steps(dossiers.row(number))[0].title == "Instruction du dossier"
    instructing.take(number=number, by=instructor.actor, at=timezone.now())
    assert life.next_steps(dossiers.row(number))[0].title == "Décision, par courriel"


def test_rights_of_others_tell_nothing_here(applicant, instructor, known_registers) -> None:
    """The provider answers about the keys it is given alone."""
    number = dossiers.deposited(applicant.actor)
    decide(number, instructor, DossierAct.ACCEPT)
    right = Right.objects.get()
    order(number, right)
    none: Sequence[Step] = list(steps_after(right.structure.national_id, ["another"]))
    assert none == []
