"""The products that come of orders."""

from typing import Any, Final

from django.db import models
from django.db.models import Q

from guichet.domain.texts import folded
from guichet.orders.models.ordering import Order

COPIED: Final = ("structure_id", "offer", "usage", "beneficiary")
SEARCHED_AT_MOST: Final = 2000


class Product(models.Model):
    """A withdrawn certificate. The Argon2 hash of its revocation code is all we keep of it.

    What lists are narrowed and sorted by stands here too, as the order had it: an inventory of a
    million products is read through one index, without a join. `owner_name` and `owner_email` say
    who answers for it in its structure. `recalled_for` is when an approved incident will revoke it.
    """

    number = models.PositiveBigIntegerField(unique=True)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="product")
    certificate_id = models.BigIntegerField(unique=True)
    serial_hex = models.CharField(max_length=64, db_index=True)
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=1000)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(db_index=True)
    structure_id = models.CharField(max_length=20)
    offer = models.CharField(max_length=8)
    usage = models.CharField(max_length=10)
    beneficiary = models.CharField(max_length=300)
    search_text = models.TextField()
    owner_name = models.CharField(max_length=100, blank=True)
    owner_email = models.CharField(max_length=254, blank=True)
    code_hash = models.CharField(max_length=200)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    recalled_for = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)
    revocation_motive = models.CharField(max_length=20, blank=True)
    revocation_number = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["structure_id", "-number"], name="product_by_structure"),
            models.Index(fields=["structure_id", "not_after", "-number"], name="product_by_end"),
            models.Index(
                fields=["structure_id", "beneficiary", "-number"], name="product_by_beneficiary"
            ),
            models.Index(
                fields=["structure_id", "usage", "beneficiary", "-number"],
                name="product_by_usage_name",
            ),
            models.Index(
                fields=["structure_id", "usage", "-number"],
                name="product_by_usage",
            ),
            models.Index(
                fields=["structure_id", "owner_email", "-number"], name="product_by_owner"
            ),
            models.Index(
                fields=["structure_id", "not_after"],
                condition=Q(revoked_at=None),
                name="product_unrevoked",
            ),
            models.Index(
                fields=["structure_id", "-number"],
                condition=Q(revoked_at__isnull=False),
                name="product_revoked",
            ),
            models.Index(
                fields=["revoked_at"],
                condition=Q(revoked_at__isnull=False),
                name="product_revoked_at",
            ),
        ]

    def __str__(self) -> str:
        return f"product:{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A product is born with what its order says of it."""
        if self._state.adding:
            for name in COPIED:
                setattr(self, name, getattr(self.order, name))
            self.search_text = self.searched()
        super().save(*args, **kwargs)

    def searched(self) -> str:
        """What a search is looked up in: the order's words, its own numbers and its owner."""
        owner = folded(f"{self.owner_name} {self.owner_email}")
        words = f"{self.number} {self.serial_hex.replace(':', '')} {self.order.search_text} {owner}"
        return words.strip()[:SEARCHED_AT_MOST]
