"""Accounts, the cards that open them and the one-time codes of a card login."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by operations.register_account alone."""


class Account(AbstractBaseUser):
    """A person known to Guichet. Nobody has a password here: `password` is always unusable."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    national_id = models.CharField(max_length=30, unique=True)
    roles = models.JSONField(default=list)
    language = models.CharField(max_length=5, default="fr")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = AccountManager()
    USERNAME_FIELD = "public_id"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return f"account:{self.public_id}"


class Card(models.Model):
    """A CPx card matched to an account for the half-open period [opened_at, ended_at)."""

    number = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="cards")
    holder_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="CPA")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("opened_at")),
                name="card_period_is_ordered",
            )
        ]

    def __str__(self) -> str:
        return f"card:{self.number}"


class LoginTicket(models.Model):
    """A one-time code that hands a card login over to the portal's session.

    Only the SHA-256 of the code is kept. `binding` is the SHA-256 of the nonce that the
    portal's session holds: the code opens that session and no other.
    """

    code_hash = models.CharField(max_length=64, unique=True)
    binding = models.CharField(max_length=64)
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="tickets")
    certificate = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"login-ticket:{self.pk}"
