"""The mandatary's document: joined from the form, withdrawn, asked for before the deposit."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.habilitations import dossiers
from guichet.habilitations.models import Attachment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_registers")]
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def words(answer) -> str:
    return answer.content.decode().replace("<wbr>", "").replace("\u202f", " ")


def form(number: int, page: str = "formulaire/") -> str:
    return f"/habilitations/dossiers/{number}/{page}"


def test_a_mandate_is_joined_with_the_form_and_the_dossier_deposited(applicant) -> None:
    """MANDATE_MISSING on its field, then the file comes with the very deposit."""
    number = dossiers.complete_draft(applicant.actor, {"representative.quality": "mandatary"})
    refused = applicant.post(form(number, "deposer/"), {"_deposit": "1"})
    assert refused.status_code == 422
    assert 'href="#representative.mandate"' in refused.content.decode()
    file = SimpleUploadedFile("mandat.pdf", PDF, "application/pdf")
    answer = applicant.post(form(number, "deposer/"), {"_deposit": "1", "_mandate": file})
    assert answer["Location"] == form(number, "merci/")
    assert "mandat.pdf" in words(applicant.get(form(number, "demande/")))


def test_a_mandate_is_joined_and_withdrawn_by_buttons(applicant) -> None:
    """Shown by name on the form; gone when withdrawn, which is asked first."""
    number = dossiers.complete_draft(applicant.actor, {"representative.quality": "mandatary"})
    file = SimpleUploadedFile("mandat.pdf", PDF, "application/pdf")
    applicant.post(form(number), {"_attach": "mandate", "_mandate": file})
    assert "mandat.pdf" in words(applicant.get(form(number)))
    key = Attachment.objects.get().key
    asked = applicant.post(form(number), {"use.editor": "Gardé", "_detach": str(key)})["Location"]
    assert "Retirer « mandat.pdf » ?" in words(applicant.get(asked))
    assert Attachment.objects.get().removed_at is None
    done = applicant.post(f"/habilitations/pieces/{key}/retirer/", {"next": form(number)})
    assert done["Location"] == f"{form(number)}#representative.mandate"
    assert 'value="Gardé"' in words(applicant.get(form(number)))
    assert "mandat.pdf" not in words(applicant.get(form(number)))
    assert applicant.post(form(number), {"_detach": "nonsense"}).status_code == 404


def test_a_mandate_of_another_kind_of_file_is_refused_and_the_rest_is_saved(applicant) -> None:
    """ATTACHMENT_TYPE on the field, with the form as it was sent."""
    number = dossiers.complete_draft(applicant.actor, {"representative.quality": "mandatary"})
    file = SimpleUploadedFile("mandat.pdf", b"MZ\x90\x00 not a pdf at all", "application/pdf")
    sent = {"use.editor": "Gardé", "_attach": "mandate", "_mandate": file}
    answer = applicant.post(form(number), sent)
    assert answer.status_code == 422
    assert "Convertissez-le en PDF" in words(answer)
    assert 'value="Gardé"' in words(answer)
    assert dossiers.typed(number).get("use.editor") == "Gardé"


def test_another_s_file_is_not_withdrawn(applicant, other_applicant) -> None:
    """404 for the file of a dossier one has nothing to do with."""
    mine, theirs = (dossiers.begin_draft(who.actor) for who in (applicant, other_applicant))
    file = SimpleUploadedFile("mandat.pdf", PDF, "application/pdf")
    other_applicant.post(form(theirs), {"_attach": "mandate", "_mandate": file})
    key = Attachment.objects.get().key
    asked = applicant.post(form(mine), {"_detach": str(key)})["Location"]
    assert applicant.get(asked).status_code == 404
    assert Attachment.objects.get().removed_at is None
