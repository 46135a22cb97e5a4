"""Webhooks and what was delivered to them."""

import uuid
from typing import Final

from django.db import models

from guichet.domain.webhooks import DeliveryState, HookState

CURSOR: Final = 1


class Webhook(models.Model):
    """An address that a structure's program listens at, and what it is told of.

    `machine` is the machine account whose sight limits what is told, null for the whole structure.
    The signing key follows from `key` and `generation` and is kept nowhere; the one before goes on
    signing until `overlap_until`. `since` is the journal's entry after which there is something to
    tell. `failures` counts tries that failed in a row, since `failing_since`; until `rests_until`
    nothing is tried.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    structure_id = models.CharField(max_length=20, db_index=True)
    machine = models.UUIDField(null=True, db_index=True)
    url = models.CharField(max_length=500)
    label = models.CharField(max_length=120, default="", blank=True)
    topics = models.JSONField()
    contact_email = models.EmailField(max_length=254)
    language = models.CharField(max_length=5, default="fr")
    state = models.CharField(max_length=10, default=HookState.ACTIVE.value)
    generation = models.PositiveIntegerField(default=1)
    overlap_until = models.DateTimeField(null=True)
    since = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"webhook:{self.key}"


class WebhookDelivery(models.Model):
    """One notice for one hook, and how it fares: `occasion` makes it once only.

    `key` is the webhook-id of every try. `body` is written once: each try sends the same octets.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    topic = models.CharField(max_length=40)
    occasion = models.CharField(max_length=120)
    body = models.TextField()
    state = models.CharField(max_length=10, default=DeliveryState.WAITING.value)
    attempts = models.PositiveIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "occasion"], name="webhook_told_once")
        ]
        indexes = [
            models.Index(fields=["webhook", "state", "next_try_at"], name="webhook_due"),
            models.Index(fields=["webhook", "-id"], name="webhook_log"),
        ]

    def __str__(self) -> str:
        return f"webhook-delivery:{self.key}"


class WebhookAttempt(models.Model):
    """One try: the status that came back (null: none did), how long it took, what went wrong."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=60, default="", blank=True)
    excerpt = models.CharField(max_length=500, default="", blank=True)

    def __str__(self) -> str:
        return f"webhook-attempt:{self.pk}"


class WebhookCursor(models.Model):
    """Up to which entry the journal was read; `part` is the last product told of the next one."""

    seq = models.BigIntegerField()
    part = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"webhook-cursor:{self.seq}"
