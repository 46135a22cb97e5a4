"""Messages between an applicant and the instructors, and the files that come with them."""

import uuid

from django.db import models

from guichet.habilitations.models.dossiers import Dossier


class Message(models.Model):
    """One message of a dossier; `author_id` is empty for automatic ones.

    `token` names one sending of the form: the same form sent twice makes one message.
    """

    FREE = "free"
    AUTOMATIC = "automatic"
    CORRECTION = "correction"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12, default=FREE)
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=120, blank=True)
    from_staff = models.BooleanField(default=False)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField()
    sent_at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "author_id", "token"], name="one_message_per_sending"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier}/message:{self.pk}"


class Attachment(models.Model):
    """A file outside the web root, named by its key; served as a download only.

    `scan` is "pending", "clean", "infected" or "off" (no antivirus configured).
    """

    MANDATE = "mandate"
    SUPPORTING = "supporting"
    MESSAGE = "message"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=10, default="pending")
    scanned_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=120)
    sent_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.dossier}/attachment:{self.key}"
