"""A restoration puts revocations back; what holds the certificates follows, also after a cut."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from apps.orders.counter import Person, Sign
from apps.orders.incidents import placed, taken
from guichet.authority import recovery
from guichet.authority.adopting import Losses
from guichet.authority.models import Certificate, Recovery
from guichet.authority.queries import serial_of
from guichet.domain.certificates.recovery import PublishedStatus
from guichet.notifications.models import OutboxMail
from guichet.orders import operations
from guichet.orders.models import Order, Product
from guichet.orders.operations import striking
from guichet.processes.restore import confirming
from guichet.processes.restore.findings import Report
from guichet.x509.crl import Reason


class CutError(Exception):
    """The machine stops."""


def lost(certificate_id: int) -> PublishedStatus:
    """What a relying party was told of a certificate, revoked an hour ago."""
    row = Certificate.objects.select_related("authority").get(pk=certificate_id)
    return PublishedStatus(
        authority=row.authority.code,
        serial=serial_of(row.serial_hex),
        revoked_at=(timezone.now() - timedelta(hours=1)).replace(microsecond=0),
        reason=Reason.KEY_COMPROMISE,
    )


def report(*revocations: PublishedStatus) -> Report:
    """What is found: this is lost, nothing else."""
    held = recovery.held()
    assert held is not None
    return Report(held=held, losses=Losses(compared=1, revocations=revocations))


def test_what_holds_a_certificate_put_back_as_revoked_follows_after_a_cut(
    sophie: Person, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    numbers = [placed(sophie), placed(sophie), placed(sophie)]
    sign()
    taken(sophie, numbers[0])
    product = Product.objects.get()
    waiting, standing = Order.objects.filter(state="available").order_by("number")
    revoked = [lost(product.certificate_id), lost(waiting.certificate_id or 0)]
    Recovery.objects.create(
        backup="backup", backup_at=now, restored_at=now, journal_seq=1, journal_digest="0" * 64
    )
    monkeypatch.setattr(striking, "LOOKED_AT", 1)

    def cut(**_asked: Any) -> None:
        raise CutError

    with monkeypatch.context() as patch:
        patch.setattr(operations, "strike", cut)
        with pytest.raises(CutError):
            confirming.confirm(settings.GUICHET, report(*revoked), now)
    product.refresh_from_db()
    assert product.revoked_at is None
    assert {one for found in operations.astray() for one in found} == {
        product.certificate_id,
        waiting.certificate_id,
    }

    OutboxMail.objects.all().delete()
    confirming.confirm(settings.GUICHET, report(), now)
    product.refresh_from_db()
    assert product.revoked_at == revoked[0].revoked_at
    states = dict(Order.objects.values_list("number", "state"))
    assert states[waiting.number] == "revoked"
    assert states[standing.number] == "available"
    assert not list(operations.astray())
    told = "\n".join(OutboxMail.objects.values_list("text", flat=True))
    assert "révoqué" in told
