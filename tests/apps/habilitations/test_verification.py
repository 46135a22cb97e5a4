"""Anybody verifies a paper by its code, and learns of nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.test_papers import decide
from guichet.domain.dossier.states import DossierAct
from guichet.habilitations.models import Decision, Revision
from guichet.habilitations.operations import deciding, depositing, drafting
from guichet.habilitations.queries import verification
from guichet.habilitations.views import verification as views
from guichet.identities.operations.throttle import Limit

pytestmark = pytest.mark.django_db
VERIFY = "/habilitations/verifier/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


def look(visitor, code: str):
    return visitor.get(f"{VERIFY}{code}/", secure=True)


def text(answer) -> str:
    return answer.content.decode().replace("\u202f", " ")


def code_of(number: int, n: int = 1) -> str:
    return Revision.objects.get(dossier__number=number, n=n).code


def test_a_receipt_is_verified_without_a_login(applicant, visitor) -> None:
    """Kind, number, structure, date, state and hash; no name, card, e-mail nor phone."""
    number = dossiers.deposited(applicant.actor)
    answer = look(visitor, code_of(number))
    assert answer.status_code == 200
    shown = text(answer)
    revision = Revision.objects.get(dossier__number=number)
    for wanted in (
        "Attestation de dépôt",
        "Ce document est authentique",
        "fait toujours foi",
        str(number),
        dossiers.AGENCY_NAME,
        "En construction",
        revision.sha256,
    ):
        assert wanted in shown, wanted
    typed = dossiers.DECK
    for personal in (
        typed["representative.surname"],
        typed["representative.email"],
        typed["representative.card_number"],
        typed["administrators.0.name"],
        typed["administrators.0.card_number"],
        typed["administrators.0.email"],
        applicant.actor.label,
    ):
        assert personal not in shown, personal


def test_a_receipt_is_replaced_by_the_next_deposit(applicant, visitor) -> None:
    number = dossiers.deposited(applicant.actor)
    later = timezone.now() + timedelta(hours=1)
    drafting.save(number=number, changes={"use.editor": "X"}, by=applicant.actor, at=later)
    depositing.deposit(number=number, by=applicant.actor, at=later)
    assert "authentique, mais remplacé" in text(look(visitor, code_of(number, 1)))
    assert "fait toujours foi" in text(look(visitor, code_of(number, 2)))


def test_a_decision_is_verified_until_it_is_replaced(
    applicant, instructor, supervisor, visitor, known_registers
) -> None:
    number = dossiers.deposited(applicant.actor)
    made = decide(number, instructor, DossierAct.REFUSE)
    shown = text(look(visitor, made.code))
    assert "Décision de refus" in shown
    assert "fait toujours foi" in shown
    assert "Le mandat est illisible" not in shown
    assert instructor.actor.label not in shown
    deciding.reopen(number=number, reason="Erreur", by=supervisor.actor, at=timezone.now())
    assert "ne fait plus foi" in text(look(visitor, made.code))


def test_a_decision_that_waits_for_a_second_one_is_not_told(
    applicant, instructor, visitor, known_registers
) -> None:
    """REFUSED. It changes nothing yet, and nobody was told."""
    number = dossiers.deposited(applicant.actor)
    made = decide(number, instructor, DossierAct.CLOSE)
    Decision.objects.filter(pk=made.pk).update(approved_at=None)
    assert look(visitor, made.code).status_code == 404


@pytest.mark.parametrize(
    "code", ["ABCDEFGHJKMN", "court", "a" * 500, "%2500", "../../etc", "ABCDEFGHJKM0", "é" * 12]
)
def test_an_unknown_code_gets_a_clear_page(code, visitor, db) -> None:
    """REFUSED. What to check is said, and the code is there to be mended."""
    answer = look(visitor, code)
    assert answer.status_code == 404
    if "/" not in code:
        assert "Aucun document ne porte ce code" in text(answer)


@pytest.mark.parametrize("typed", ["{}", "{} ", "{:.4}-{:.20}"])
def test_a_code_is_typed_as_people_type(typed, applicant, visitor) -> None:
    """Small letters, spaces and dashes do not count."""
    code = code_of(dossiers.deposited(applicant.actor))
    written = typed.format(code.lower(), code.lower()[4:])
    answer = visitor.get(VERIFY, {"code": written}, secure=True)
    assert answer.status_code == 302
    assert answer["Location"] == f"{VERIFY}{code}/"


def test_the_form_itself(visitor, db) -> None:
    assert visitor.get(VERIFY, secure=True).status_code == 200
    assert visitor.get(VERIFY, {"code": ""}, secure=True).status_code == 422
    assert visitor.get(VERIFY, {"code": "<script>"}, secure=True).status_code == 422
    assert "<script>alert" not in text(
        visitor.get(VERIFY, {"code": "<script>alert(1)"}, secure=True)
    )


def test_looks_are_counted(monkeypatch, applicant, visitor) -> None:
    """REFUSED. So many from one place; a clear page, and another place is not concerned."""
    monkeypatch.setattr(views, "LOOKS", Limit("verify-paper", 3, timedelta(minutes=10)))
    code = code_of(dossiers.deposited(applicant.actor))
    assert [look(visitor, code).status_code for _turn in range(4)] == [200, 200, 200, 429]
    assert "Réessayez dans dix minutes" in text(look(visitor, code))
    elsewhere = visitor.get(f"{VERIFY}{code}/", secure=True, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200


def test_codes_have_one_form() -> None:
    assert verification.normal(" abcd-efgh jkmn. ") == "ABCDEFGHJKMN"
    assert verification.verified("ABCDEFGHJKMNP") is None
