"""What was agreed to at each withdrawal."""

from django.db import models

from guichet.orders.models.ordering import Order


class Agreement(models.Model):
    """Versions and digests of the terms and the policy that somebody accepted for one order.

    `account` is 0 for a machine, whose owner accepted for it. Withdrawals from before have none.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="agreement")
    account = models.BigIntegerField(db_index=True)
    label = models.CharField(max_length=200)
    structure_id = models.CharField(max_length=20)
    terms = models.CharField(max_length=20)
    terms_sha256 = models.CharField(max_length=64)
    policy = models.CharField(max_length=20)
    policy_sha256 = models.CharField(max_length=64)
    agreed_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["terms", "-agreed_at"], name="agreement_by_terms")]

    def __str__(self) -> str:
        return f"{self.order}/agreement"
