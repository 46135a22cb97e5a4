"""The products that come of orders."""

from django.db import models

from guichet.orders.models.ordering import Order


class Product(models.Model):
    """A withdrawn certificate. The Argon2 hash of its revocation code is all we keep of it."""

    number = models.PositiveBigIntegerField(unique=True)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="product")
    certificate_id = models.BigIntegerField(unique=True)
    serial_hex = models.CharField(max_length=64, db_index=True)
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=1000)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(db_index=True)
    code_hash = models.CharField(max_length=200)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)
    revocation_motive = models.CharField(max_length=20, blank=True)
    revocation_number = models.PositiveBigIntegerField(null=True, unique=True)

    def __str__(self) -> str:
        return f"product:{self.number}"
