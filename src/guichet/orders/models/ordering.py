"""Orders, their numbers, and drafts of orders."""

import uuid

from django.db import models
from django.db.models import Q


class Counter(models.Model):
    """The last number of a series; its row is locked while a number is taken."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.series}:{self.last}"


class Order(models.Model):
    """A request for one certificate; `state` is a value of domain.orders.states.OrderState.

    `right_key` is the habilitation it was placed under. Names are those of the day it was placed.
    `editor_name` is that of the editor that ordered by delegation, empty for the structure itself.
    `attempt` counts the keys it was given: a re-keyed order keeps its number and its approval.
    `key_origin` is "browser" when its page made the key, "csr" when a request was brought.
    """

    number = models.PositiveBigIntegerField(unique=True)
    state = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=5)
    offer = models.CharField(max_length=8)
    usage = models.CharField(max_length=10)
    structure_id = models.CharField(max_length=20, db_index=True)
    structure_name = models.CharField(max_length=200)
    service = models.CharField(max_length=100, blank=True)
    fqdn = models.CharField(max_length=253, blank=True)
    mail = models.CharField(max_length=254, blank=True)
    person = models.JSONField(null=True)
    beneficiary = models.CharField(max_length=300)
    search_text = models.CharField(max_length=1500)
    actor_email = models.CharField(max_length=254)
    informed_email = models.CharField(max_length=254, blank=True)
    requester_ref = models.CharField(max_length=80)
    requester_label = models.CharField(max_length=200)
    editor_name = models.CharField(max_length=200, blank=True)
    right_key = models.CharField(max_length=36)
    renewal_of = models.PositiveBigIntegerField(null=True)
    idempotency_key = models.CharField(max_length=255, null=True)  # noqa: DJ001 null is no key
    request_digest = models.CharField(max_length=64)
    key_origin = models.CharField(max_length=10, default="csr")
    spki_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    signing_request = models.UUIDField(unique=True)
    certificate_id = models.BigIntegerField(null=True, unique=True)
    placed_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True)
    withdraw_before = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requester_ref", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_order_per_idempotency_key",
            )
        ]
        indexes = [
            models.Index(fields=["state", "withdraw_before"], name="order_by_state"),
            models.Index(fields=["structure_id", "-number"], name="order_by_structure"),
            models.Index(
                fields=["structure_id", "state", "-number"], name="order_by_structure_state"
            ),
            models.Index(
                fields=["renewal_of"],
                condition=Q(renewal_of__isnull=False),
                name="order_by_renewed",
            ),
            # Days are counted by these, and no list is read by them.
            models.Index(fields=["placed_at"], name="order_placed"),
            models.Index(
                fields=["available_at"],
                condition=Q(available_at__isnull=False),
                name="order_made_available",
            ),
            models.Index(
                fields=["withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
                name="order_withdrawn",
            ),
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="order_over"
            ),
        ]

    def __str__(self) -> str:
        return f"order:{self.number}"


class SupersededCertificate(models.Model):
    """A certificate never withdrawn, revoked because its order was given another key."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="superseded")
    certificate_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"certificate:{self.certificate_id}"


class OrderDraft(models.Model):
    """What somebody has typed so far; `number` is set once the order is placed."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner_ref = models.CharField(max_length=80, db_index=True)
    typed = models.JSONField(default=dict)
    number = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"order-draft:{self.key}"
