"""Test certificates that were asked for, until their files are forgotten."""

import uuid

from django.db import models

from guichet.domain.samples import SampleState


class Sample(models.Model):
    """One test certificate. Its key proves nothing: it was made here, and its files are shared.

    `chain` is PEM text, leaf first; `key` PEM text; `root` that of the laboratory, if it signed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20)
    asked_by = models.CharField(max_length=200, db_index=True)
    asked_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=8, default=SampleState.ASKED.value)
    signing_request = models.UUIDField(null=True)
    key = models.TextField()
    chain = models.TextField(default="")
    root = models.TextField(default="")
    not_after = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"], name="sample_asked", condition=models.Q(state="asked")
            )
        ]

    def __str__(self) -> str:
        return f"sample:{self.public_id}"
