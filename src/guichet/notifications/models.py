"""The outbox: e-mails written in the transaction of the change they tell of, sent afterwards."""

import uuid
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

RECIPIENTS_AT_MOST: Final = 10


class MailState(models.TextChoices):
    """Where an e-mail stands."""

    PENDING = "pending", _("en attente d’envoi")
    SENT = "sent", _("envoyé")
    FAILED = "failed", _("abandonné")


class OutboxMail(models.Model):
    """One e-mail, rendered once and for all; `dedupe_key` makes a second request of it harmless."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    to = models.JSONField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    language = models.CharField(max_length=8)
    about = models.CharField(max_length=100, db_index=True)
    encloses = models.JSONField(default=list)
    unsubscribe = models.CharField(max_length=300, blank=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_try_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.about} ({self.state})"
