"""What the REST API remembers."""

from django.db import models


class KeptAnswer(models.Model):
    """What a call under an Idempotency-Key was answered, for a day.

    `digest` is the SHA-256 of what was asked. An answer that holds a secret is not kept: `is_kept`
    is false, and `body` empty.
    """

    actor_ref = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=80, default="", blank=True)
    is_kept = models.BooleanField(default=True)
    body = models.BinaryField(default=bytes)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_ref", "key"], name="one_answer_per_key")
        ]

    def __str__(self) -> str:
        return f"kept-answer:{self.pk}"


class CallWindow(models.Model):
    """How many calls a credential was given in the window numbered `number`, its last one."""

    bucket = models.CharField(max_length=80, unique=True)
    number = models.BigIntegerField()
    given = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"call-window:{self.bucket}"
