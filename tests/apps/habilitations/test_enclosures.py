"""Papers that leave with the e-mails of a dossier: made when the e-mail leaves, never before."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.habilitations import dossiers, instruction_kit
from apps.habilitations.dossiers import Person
from guichet.notifications import enclosures
from guichet.notifications.delivery import deliver_due, message_of
from guichet.notifications.models import MailState, OutboxMail


def mail_of(number: int, template: str) -> OutboxMail:
    return OutboxMail.objects.get(dedupe_key__startswith=f"dossier:{number}:{template}:")


def files_of(mail: OutboxMail) -> dict[str, bytes]:
    return {
        str(part.get_filename()): part.get_content() for part in message_of(mail).iter_attachments()
    }


def test_the_receipt_leaves_with_the_deposit(applicant: Person) -> None:
    number = dossiers.deposited(applicant.actor)
    mail = mail_of(number, "deposited")
    assert mail.encloses == [f"receipt:{number}:1"]
    files = files_of(mail)
    assert list(files) == [f"attestation-{number}.pdf"]
    assert files[f"attestation-{number}.pdf"].startswith(b"%PDF-")


def test_the_decision_leaves_with_its_e_mail(applicant: Person, instructor: Person) -> None:
    number = instruction_kit.take(dossiers.deposited(applicant.actor), instructor.actor)
    assert instruction_kit.decide(number, instructor.actor)
    assert list(files_of(mail_of(number, "accept"))) == [f"decision-{number}.pdf"]


def test_a_paper_that_cannot_be_made_waits(
    applicant: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The e-mail is put back, and the others leave."""
    number = dossiers.deposited(applicant.actor)

    def broken(reference: str) -> None:
        raise RuntimeError(reference)

    monkeypatch.setitem(enclosures._MAKERS, "receipt", broken)
    deliver_due(timezone.now())
    mail = mail_of(number, "deposited")
    assert (mail.state, mail.attempts) == (MailState.PENDING, 1)
    assert f"{number}:1" in mail.last_error
    others = OutboxMail.objects.exclude(pk=mail.pk)
    assert {other.state for other in others} == {MailState.SENT}


@pytest.mark.django_db
@pytest.mark.parametrize("reference", ["receipt:1:1", "decision:1:ABC", "unknown:1"])
def test_what_is_no_more_is_not_enclosed(reference: str) -> None:
    assert enclosures.make(reference) is None


def test_the_demo_s_mailbox_hands_the_file_over(applicant: Person, client: Client) -> None:
    mail = mail_of(dossiers.deposited(applicant.actor), "deposited")
    address = f"/courriers/{mail.key}/"
    assert f"{address}0/" in client.get(address, secure=True).content.decode()
    answer = client.get(f"{address}0/", secure=True)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer.content.startswith(b"%PDF-")
    assert client.get(f"{address}1/", secure=True).status_code == 404
