"""The outbox: e-mails written in the transaction of the change they tell of, sent afterwards."""

import uuid
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from guichet.domain.wording import VersionState
from guichet.notifications.lengths import (
    ERROR_AT_MOST,
    FAULT_AT_MOST,
    LABEL_AT_MOST,
    NOTE_AT_MOST,
    SUBJECT_AT_MOST,
)

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
    subject = models.CharField(max_length=SUBJECT_AT_MOST)
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
    last_error = models.CharField(max_length=ERROR_AT_MOST, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_try_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.about} ({self.state})"


class MailText(models.Model):
    """A version of one e-mail's text in one language; at most one is in force.

    `fault` tells how it failed on real values, the first time that it did.
    """

    template = models.CharField(max_length=100)
    language = models.CharField(max_length=2)
    number = models.PositiveIntegerField()
    text = models.TextField()
    note = models.CharField(max_length=NOTE_AT_MOST, blank=True)
    state = models.CharField(max_length=8, default=VersionState.WRITTEN.value)
    author = models.BigIntegerField()
    author_label = models.CharField(max_length=LABEL_AT_MOST)
    written_at = models.DateTimeField()
    enforced_by = models.CharField(max_length=LABEL_AT_MOST, blank=True)
    enforced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=FAULT_AT_MOST, blank=True)
    broken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "number"], name="mail_text_number"
            ),
            models.UniqueConstraint(
                fields=["template", "language"],
                condition=models.Q(state=VersionState.IN_FORCE.value),
                name="mail_text_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"mail-text:{self.template}.{self.language}:{self.number}"
