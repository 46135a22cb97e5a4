"""What people add to the inventory for themselves: tags, and lists they come back to."""

import uuid

from django.db import models
from django.db.models import Q

from guichet.orders.models.products import Product


class Tag(models.Model):
    """A word that one structure sorts its products by; `folded` is what makes it unique."""

    structure_id = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    folded = models.CharField(max_length=60)
    products = models.ManyToManyField(Product, through="Tagging", related_name="tags")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["structure_id", "folded"], name="one_tag_per_word")
        ]

    def __str__(self) -> str:
        return f"tag:{self.structure_id}/{self.name}"


class Tagging(models.Model):
    """One product under one tag."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="taggings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "product"], name="one_tagging_per_tag")
        ]

    def __str__(self) -> str:
        return f"{self.product}/{self.tag}"


class SavedView(models.Model):
    """A list somebody comes back to: the filters as they stand in its address."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "name"], name="one_inventory_view_per_name"
            ),
            models.UniqueConstraint(
                fields=["account_id"],
                condition=Q(is_default=True),
                name="one_default_inventory_view",
            ),
        ]

    def __str__(self) -> str:
        return f"view:{self.key}"
