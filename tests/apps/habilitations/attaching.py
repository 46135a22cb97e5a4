"""Files attached to a dossier, and what is kept of them."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from apps.habilitations.uploads import upload
from guichet.habilitations.models import Attachment
from guichet.habilitations.operations import attachments

NOW = timezone.now()


def attach(number: int, by, file=None, kind: str = "mandate") -> UUID:
    sent = file or upload()
    return attachments.attach(number=number, kind=kind, upload=sent, by=by.actor, at=NOW)


def stored(key: UUID) -> Attachment:
    return Attachment.objects.get(key=key)
