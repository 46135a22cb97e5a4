"""Proofs that the key of a product is held."""

from django.db import models

from guichet.orders.models.products import Product


class KeyProof(models.Model):
    """The first time that a product's private key answered a challenge of ours, and for whom."""

    product = models.OneToOneField(Product, on_delete=models.PROTECT, related_name="key_proof")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"product:{self.product_id}"
