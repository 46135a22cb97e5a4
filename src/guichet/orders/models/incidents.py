"""Who must still be told of an incident that revoked many certificates at once."""

from django.db import models

from guichet.orders.models.ordering import Order


class RevocationNotice(models.Model):
    """An order or product revoked in an incident; its contacts get one list for all of theirs.

    `incident` is the same for each attempt to revoke the same certificates.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="revocation_notice")
    incident = models.CharField(max_length=32)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["incident", "at"],
                condition=models.Q(told_at=None),
                name="revocation_to_tell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.incident}"
