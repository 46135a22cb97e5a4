"""Whom a product's life is told to, what was told, and calendars that others follow."""

import uuid

from django.db import models

from guichet.orders.models.ordering import Order


class Contact(models.Model):
    """Somebody to tell about one order and its product.

    `role` says where it comes from: "actor" and "informed" as the order was placed, "added" since.
    `since` is when the address was last given: an e-mail refused before that says nothing of it.
    """

    ACTOR, INFORMED, ADDED = "actor", "informed", "added"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="contacts")
    email = models.CharField(max_length=254)
    role = models.CharField(max_length=10, default=ADDED)
    since = models.DateTimeField()
    bounced_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "email"], name="one_contact_per_address")
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.email}"


class Reminder(models.Model):
    """Something that was told once of an order or its product.

    `occasion`: "90" for so many days before the end, "expired", "withdraw:1" for a first attempt
    that waits to be withdrawn.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reminders")
    occasion = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "occasion"], name="one_reminder_per_occasion")
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.occasion}"


class CalendarLink(models.Model):
    """A secret address by which a calendar program follows what somebody sees expire.

    Of its token only the SHA-256 is kept. It shows what its maker (`actor_ref`, by the rights of
    `card_number` and `account_id`) may see when it is read: rights that end take their products
    out of it. `structure_id` may narrow it.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_sha256 = models.CharField(max_length=64, unique=True)
    account_id = models.BigIntegerField(db_index=True)
    card_number = models.CharField(max_length=20, blank=True)
    actor_ref = models.CharField(max_length=80)
    structure_id = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"calendar:{self.key}"
