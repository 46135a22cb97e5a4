"""Messages of a dossier, as both sides send and read them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from guichet.habilitations.models import Message
from guichet.habilitations.operations import messaging

NOW = timezone.now()


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    """Files of a test alone."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


def address(number: int) -> str:
    """The address of a dossier's thread."""
    return f"/habilitations/dossiers/{number}/messagerie/"


def send(number: int, by, body: str = "Bonjour", **changes: Any) -> int:
    """Send a message at NOW; its identifier."""
    sent = {"number": number, "body": body, "by": by.actor, "at": NOW, **changes}
    return messaging.send(**sent)


def bodies(number: int) -> list[str]:
    """What people wrote in a thread, the oldest first."""
    rows = Message.objects.filter(dossier__number=number).order_by("pk")
    return [row.body for row in rows if row.kind == Message.FREE]


def page(answer) -> str:
    """An answer as text, typographic spaces made plain."""
    return answer.content.decode().replace("\u202f", " ")
