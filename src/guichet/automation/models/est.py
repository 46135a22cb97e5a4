"""EST enrolments (RFC 7030)."""

from django.db import models


class EstEnrolment(models.Model):
    """A request that an account made by EST, and its order: made again, it gives the same one.

    `digest` is the SHA-256 of what was asked: function, label and request. `account` is the key of
    the machine account, `credential` that of the one-time secret that it spent, null without one.
    """

    account = models.UUIDField()
    digest = models.CharField(max_length=64)
    credential = models.UUIDField(null=True)
    order_number = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="one_enrolment_per_request")
        ]

    def __str__(self) -> str:
        return f"est-enrolment:{self.pk}"
