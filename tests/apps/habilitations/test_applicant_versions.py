"""What was deposited and what became of it: edits, versions, corrections, clones."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.plain_browser import address, text_of
from guichet.habilitations.operations import depositing, drafting, instructing
from guichet.habilitations.operations.instructing import CorrectionReason

pytestmark = pytest.mark.django_db


def test_a_clone_keeps_answers_and_not_the_pledges(applicant) -> None:
    """ "Renouveler à partir de ce dossier"."""
    number = dossiers.deposited(applicant.actor)
    answer = applicant.post(address(number, "dupliquer/"))
    copy = int(answer["Location"].split("/")[-3])
    form = dossiers.typed(copy)
    assert form.get("use.solution") == "Esante WebModule"
    assert not form.has("terms")
    assert dossiers.row(copy).state == "draft"


def test_edits_of_a_deposited_dossier_are_shown_loudly_then_deposited(applicant) -> None:
    """ "Vos modifications ne sont pas encore déposées" on every page, the differences in words."""
    number = dossiers.deposited(applicant.actor)
    dossiers.fill(number, applicant.actor, {"administrators.0.phone": "06 11 22 33 44"})
    for page in ("", "demande/", "partage/", "formulaire/"):
        assert "ne sont pas encore déposées" in text_of(applicant.get(address(number, page)))
    differences = text_of(applicant.get(address(number, "demande/")))
    assert "Administrateur n° 1 — N° de téléphone" in differences
    assert "<ins>06 11 22 33 44</ins>" in differences
    answer = applicant.post(address(number, "deposer/"))
    assert answer["Location"] == address(number, "merci/")
    assert "modifications de votre dossier" in text_of(applicant.get(answer["Location"]))
    declared = text_of(applicant.get(address(number, "demande/")))
    assert "D’un dépôt à l’autre" in declared
    assert "06 11 22 33 44" in declared
    assert applicant.post(address(number, "deposer/"))["Location"] == address(number)


def test_edits_are_abandoned(applicant) -> None:
    """The form goes back to what was deposited."""
    number = dossiers.deposited(applicant.actor)
    dossiers.fill(number, applicant.actor, {"use.editor": "Autre"})
    assert "Abandonner les modifications" in text_of(applicant.get(address(number)))
    applicant.post(address(number, "abandonner/"))
    assert dossiers.typed(number).get("use.editor") == "ANS"
    assert not dossiers.row(number).draft_differs


def test_versions_are_compared_on_demand(applicant) -> None:
    """Any two of them; nonsense in the address falls back to the last two."""
    number = dossiers.deposited(applicant.actor)
    for editor in ("Deux", "Trois"):
        dossiers.fill(number, applicant.actor, {"use.editor": editor})
        depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    shown = applicant.get(address(number, "demande/"), de="1", a="3").context["changes"]
    assert [(c.before, c.after) for c in shown] == [("ANS", "Trois")]
    for query in ({"de": "x", "a": "-1"}, {"de": "99999999999"}, {"de": "9", "a": "3"}):
        assert applicant.get(address(number, "demande/"), **query).status_code == 200


def test_a_frozen_form_leads_to_what_was_declared(applicant, instructor) -> None:
    """En instruction: read only, the strip says why."""
    number = dossiers.deposited(applicant.actor)
    instructing.take(number=number, by=instructor.actor, at=timezone.now())
    where = applicant.get(address(number, "formulaire/"))
    assert where["Location"] == address(number, "demande/")
    assert "vous ne pouvez plus le modifier" in text_of(applicant.get(address(number)))
    assert applicant.post(address(number, "formulaire/"), {"use.editor": "X"}).status_code == 409


def test_a_correction_is_shown_with_its_fields(applicant, instructor) -> None:
    """Loud on the summary, a comment near each field, a link to each."""
    number = dossiers.deposited(applicant.actor)
    path = dossiers.path_of(number, "administrators.0.card_number")
    instructing.ask_correction(
        number=number,
        reason=CorrectionReason.INCORRECT,
        comments={path: "Ce numéro est celui d’une autre carte"},
        body="Merci de vérifier.",
        by=instructor.actor,
        at=timezone.now(),
    )
    summary = applicant.get(address(number)).content.decode()
    assert f'href="{address(number, "formulaire/")}#{path}"' in summary
    form = text_of(applicant.get(address(number, "formulaire/")))
    assert form.count("Ce numéro est celui d’une autre carte") == 2
    assert "Correction demandée" in form


def test_a_thrown_away_dossier_is_not_edited(applicant) -> None:
    """The form leads to the summary, which offers to restore."""
    number = dossiers.begin_draft(applicant.actor)
    assert "Mettre ce dossier à la corbeille" in text_of(
        applicant.get(address(number, "corbeille/"))
    )
    drafting.trash(number=number, by=applicant.actor, at=dossiers.row(number).saved_at)
    assert applicant.get(address(number, "formulaire/"))["Location"] == address(number)
    assert "Ce dossier est dans la corbeille" in text_of(applicant.get(address(number)))


def test_a_siret_changed_after_the_deposit_waits_for_the_next_one(
    applicant, known_registers
) -> None:
    """What is examined stays what was deposited; abandoning forgets, depositing settles."""
    number = dossiers.deposited(applicant.actor)
    changing = address(number, f"siret/{dossiers.HOSPITAL}/")
    applicant.post(changing)
    row = dossiers.row(number)
    assert (row.siret, row.company["legal_name"]) == (dossiers.AGENCY, dossiers.AGENCY_NAME)
    assert row.draft_differs
    assert "HOPITAL DES 3 DAMES" in text_of(applicant.get(address(number, "formulaire/")))
    assert dossiers.AGENCY_NAME in text_of(applicant.get(address(number)))
    applicant.post(address(number, "abandonner/"))
    row = dossiers.row(number)
    assert "next" not in row.company
    assert not row.draft_differs
    applicant.post(changing)
    applicant.post(address(number, "deposer/"))
    row = dossiers.row(number)
    assert (row.siret, row.company["legal_name"]) == (dossiers.HOSPITAL, "HOPITAL DES 3 DAMES")
    assert "next" not in row.company
    applicant.post(address(number, f"siret/{dossiers.AGENCY}/"))
    applicant.post(changing)
    row = dossiers.row(number)
    assert row.siret == dossiers.HOSPITAL
    assert "next" not in row.company


def test_a_clone_knows_what_became_of_its_company(applicant, known_registers) -> None:
    """A company that has closed since is said so at once."""
    company = {**dossiers.COMPANY, "siret": dossiers.CLOSED}
    number = dossiers.deposited(applicant.actor, siret=dossiers.CLOSED, company=company)
    copy = applicant.post(address(number, "dupliquer/"))["Location"]
    assert "pour fermé" in text_of(applicant.get(copy))
