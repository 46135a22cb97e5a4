"""Messages that are not sent: files and words refused, people and dossiers without a thread."""

from __future__ import annotations

from uuid import uuid4

import pytest

from apps.habilitations import dossiers
from apps.habilitations.talking import (  # noqa: F401 the fixtures
    _own_folder,
    address,
    bodies,
    page,
    send,
)
from apps.habilitations.uploads import upload
from guichet.domain.refusals import Code
from guichet.habilitations import files
from guichet.habilitations.models import Attachment
from guichet.habilitations.operations import messaging
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db


def test_one_bad_file_sends_nothing(applicant) -> None:
    """REFUSED. Words and good files stay in hand; nothing is left on disk."""
    number = dossiers.deposited(applicant.actor)
    hostile = upload(b"<html><script>alert(1)</script>", "mandat.pdf")
    answer = applicant.post(address(number), {"body": "Mes mots", "uploads": [upload(), hostile]})
    assert answer.status_code == 422
    shown = page(answer)
    assert "Mes mots" in shown
    assert "Le contenu du fichier n’est ni un PDF" in shown
    assert bodies(number) == []
    assert not Attachment.objects.exists()
    assert list(files.folder().glob("??/*")) == []


@pytest.mark.parametrize("form", [{}, {"body": " \r\n\t "}])
def test_nothing_is_no_message(applicant, form) -> None:
    """REFUSED. Neither words nor a file."""
    number = dossiers.deposited(applicant.actor)
    answer = applicant.post(address(number), {**form, "token": str(uuid4())})
    assert answer.status_code == 422
    assert bodies(number) == []


def test_a_message_of_100_kb_is_refused_clearly(applicant) -> None:
    """REFUSED. What was typed is still there to be shortened."""
    number = dossiers.deposited(applicant.actor)
    answer = applicant.post(address(number), {"body": "é" * 100_000})
    assert answer.status_code == 422
    assert "Le message compte 100000 caractères, pour 10000 au plus." in page(answer)
    assert "é" * 1000 in page(answer)
    assert send(number, applicant, "x" * messaging.BODY_AT_MOST)


def test_a_draft_has_no_messages_yet(applicant) -> None:
    """The page says when; writing is refused."""
    number = dossiers.complete_draft(applicant.actor)
    assert "La messagerie s’ouvre au dépôt" in page(applicant.get(address(number)))
    with assert_refused(Code.DOSSIER_FROZEN):
        send(number, applicant)


def test_an_auditor_reads_and_does_not_write(applicant, auditor) -> None:
    """REFUSED. No form, and none is obeyed."""
    number = dossiers.deposited(applicant.actor)
    assert 'id="ecrire"' not in page(auditor.get(address(number)))
    with assert_refused(Code.DOSSIER_ACT_FORBIDDEN):
        send(number, auditor)
