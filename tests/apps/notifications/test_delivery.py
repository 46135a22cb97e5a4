"""The outbox leaves at least once, is patient with a closed way and final with a refusal."""

import email
import email.policy
import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from apps.notifications.smtp_server import smtp_server
from guichet.journal import queries as journal
from guichet.notifications import delivery, queries, transports
from guichet.notifications.mails import Mail
from guichet.notifications.models import MailState, OutboxMail
from guichet.notifications.operations import enqueue

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Maker = Callable[..., Mail]
pytestmark = pytest.mark.django_db


def messages(folder: Path) -> list[email.message.EmailMessage]:
    """Messages of a Maildir, as a mail reader decodes them."""
    files = sorted((folder / "new").iterdir()) if folder.exists() else []
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[misc]
        for path in files
    ]


def use_smtp(settings: Any, port: int) -> None:
    settings.GUICHET = replace(django_settings.GUICHET, email_url=f"smtp://127.0.0.1:{port}")


def only_row() -> OutboxMail:
    return OutboxMail.objects.get()


def test_a_mail_is_delivered_with_its_accents(mail: Maker, mailbox: Path) -> None:
    enqueue(mail=mail(to=("a@b.test", "c@d.test", "a@b.test")), at=AT)
    assert delivery.deliver_due(AT) == 1
    [message] = messages(mailbox)
    assert message["Subject"] == "[TEST] Votre demande n° 101180 de Monserviceclient"
    assert message["To"] == "a@b.test, c@d.test"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "est « prêt »" in message.get_content()
    assert message.get_content().rstrip().endswith("aucune valeur en production.")
    [written] = queries.about("order:101180")
    assert (written.state, written.sent_at) == ("sent", AT)
    assert delivery.deliver_due(AT) == 0


def test_asking_twice_writes_once(mail: Maker, mailbox: Path) -> None:
    first = enqueue(mail=mail(), at=AT)
    assert enqueue(mail=mail(context={"number": 2, "service": "x"}), at=AT) == first
    assert delivery.deliver_due(AT) == 1


def test_a_mail_goes_with_the_transaction_that_wrote_it(mail: Maker, mailbox: Path) -> None:
    with transaction.atomic():
        enqueue(mail=mail(), at=AT)
        transaction.set_rollback(True)
    assert delivery.deliver_due(AT) == 0


def test_a_batch_stops_at_its_limit(mail: Maker, mailbox: Path) -> None:
    for number in range(5):
        enqueue(mail=mail(dedupe_key=str(number)), at=AT)
    assert [delivery.deliver_due(AT, limit=3), delivery.deliver_due(AT, limit=3)] == [3, 2]
    assert len(messages(mailbox)) == 5


def test_a_leased_mail_is_left_alone_until_the_lease_lapses(mail: Maker, mailbox: Path) -> None:
    """A worker that died after taking a mail delays it; the mail is not lost."""
    enqueue(mail=mail(), at=AT)
    OutboxMail.objects.update(lease_until=AT + delivery.LEASE)
    assert delivery.deliver_due(AT) == 0
    assert delivery.deliver_due(AT + delivery.LEASE) == 1


def test_a_worker_whose_lease_lapsed_does_not_overwrite(
    mail: Maker, mailbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(mail=mail(), at=AT)
    later = AT + timedelta(hours=1)

    class Slow:
        def send(self, message: object) -> str:
            OutboxMail.objects.update(lease_until=later, state=MailState.SENT, sent_at=later)
            return ""

    delivery._deliver(Slow(), AT, 1)
    assert only_row().sent_at == later


def test_a_closed_way_is_tried_again_later(mail: Maker, settings: Any) -> None:
    use_smtp(settings, 9)
    for number in range(3):
        enqueue(mail=mail(dedupe_key=str(number)), at=AT)
    assert delivery.deliver_due(AT) == 0
    assert sorted(OutboxMail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    tried = OutboxMail.objects.get(attempts=1)
    assert tried.state == MailState.PENDING
    assert tried.next_try_at == AT + timedelta(seconds=30)
    assert "SMTP" in tried.last_error


def test_a_mail_nobody_takes_is_abandoned_and_journalled(mail: Maker, settings: Any) -> None:
    use_smtp(settings, 9)
    enqueue(mail=mail(), at=AT)
    at = AT
    for _turn in range(delivery.ATTEMPTS_AT_MOST):
        delivery.deliver_due(at)
        at = only_row().next_try_at
    assert only_row().state == MailState.FAILED
    assert only_row().attempts == delivery.ATTEMPTS_AT_MOST
    [entry] = journal.entries_about("order:101180")
    assert "mail" in str(entry)
    assert delivery.deliver_due(at + timedelta(days=9)) == 0


def test_pauses_double_and_stay_bounded() -> None:
    pauses = [delivery.pause_after(n) for n in range(1, delivery.ATTEMPTS_AT_MOST + 1)]
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert max(pauses) == timedelta(hours=6)
    assert sum(pauses, timedelta()) > timedelta(days=1)


def test_smtp_takes_a_mail(mail: Maker, settings: Any) -> None:
    enqueue(mail=mail(), at=AT)
    with smtp_server() as server:
        use_smtp(settings, server.port)
        assert delivery.deliver_due(AT) == 1
    [text] = server.received
    assert "Message-ID: <" in text
    assert "To: sophie@hopital.test" in text


def test_smtp_says_never(mail: Maker, settings: Any) -> None:
    """RFC 5321 §4.2.1: 5yz is final; the other mails of the batch still leave."""
    enqueue(mail=mail(), at=AT)
    enqueue(mail=mail(to=("b@b.test",), dedupe_key="b"), at=AT)
    with smtp_server() as server:
        server.recipients["sophie@hopital.test"] = "550 unknown"
        use_smtp(settings, server.port)
        assert delivery.deliver_due(AT) == 1
    assert OutboxMail.objects.get(dedupe_key="b").state == MailState.SENT
    assert OutboxMail.objects.exclude(dedupe_key="b").get().state == MailState.FAILED


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_smtp_says_not_now(mail: Maker, settings: Any, where: str) -> None:
    enqueue(mail=mail(), at=AT)
    with smtp_server() as server:
        if where == "data":
            server.data = "451 later"
        else:
            server.recipients["sophie@hopital.test"] = "450 busy"
        use_smtp(settings, server.port)
        assert delivery.deliver_due(AT) == 0
    row = only_row()
    assert (row.state, row.next_try_at) == (MailState.PENDING, AT + timedelta(seconds=30))


def test_one_refused_recipient_beside_an_accepted_one_is_remarked(
    mail: Maker, settings: Any
) -> None:
    enqueue(mail=mail(to=("a@b.test", "gone@b.test")), at=AT)
    with smtp_server() as server:
        server.recipients["gone@b.test"] = "550 unknown"
        use_smtp(settings, server.port)
        assert delivery.deliver_due(AT) == 1
    assert only_row().last_error == "refused: gone@b.test"


def test_a_password_never_travels_in_clear(mail: Maker) -> None:
    with (
        smtp_server() as server,
        pytest.raises(transports.TransportUnavailable, match="no TLS"),
        transports.open_transport(f"smtp://user:secret@127.0.0.1:{server.port}"),
    ):
        pass


def test_a_way_that_closes_half_open_leaves_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS is offered, and refused when it is asked for."""
    made: list[smtplib.SMTP] = []

    class Kept(smtplib.SMTP):
        def __init__(self, *where: Any, **how: Any) -> None:
            super().__init__(*where, **how)
            made.append(self)

    monkeypatch.setattr(transports.smtplib, "SMTP", Kept)
    with smtp_server() as server:
        server.greeting = "250-test\r\n250 STARTTLS"
        with (
            pytest.raises(transports.TransportUnavailable, match="SMTP"),
            transports.open_transport(f"smtp://127.0.0.1:{server.port}"),
        ):
            pass
    assert [connection.sock for connection in made] == [None]


@pytest.mark.parametrize("url", ["http://x", "smtp:", "nothing"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="GUICHET_EMAIL_URL"), transports.open_transport(url):
        pass


def test_a_folder_that_cannot_be_written_is_a_closed_way(mail: Maker, mailbox: Path) -> None:
    enqueue(mail=mail(), at=AT)
    mailbox.write_text("a file stands where the folder should be")
    assert delivery.deliver_due(AT) == 0
    assert only_row().state == MailState.PENDING
