"""ACME accounts, orders and authorizations (RFC 8555)."""

import uuid

from django.db import models


class AcmeAccount(models.Model):
    """The account of one key pair, bound to one machine account by an EAB key.

    `thumbprint` names its key (RFC 7638, SHA-256, base64url) whose JWK is `jwk`; `machine` and
    `credential` are the machine account and the EAB key, both of the identities' app.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    machine = models.UUIDField(db_index=True)
    credential = models.UUIDField()
    thumbprint = models.CharField(max_length=43, unique=True)
    jwk = models.JSONField()
    contact = models.JSONField(default=list)
    status = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"acme-account:{self.key}"


class AcmeNonce(models.Model):
    """A nonce that was used; kept until nobody would believe it any more."""

    value = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"acme-nonce:{self.pk}"


class AcmeAuthorization(models.Model):
    """What lets an account ask for one name: proved by a challenge, or beforehand.

    `kind` and `name` are the identifier's type and value. `method` is the kind of challenge that
    proved it, "declared" for a domain that the structure proved, "scope" for a service within
    the limits of the machine account; empty while it is pending.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        AcmeAccount, on_delete=models.PROTECT, related_name="authorizations"
    )
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=253)
    status = models.CharField(max_length=12)
    method = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    validated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "kind", "name", "status"], name="acme_authorized_names")
        ]

    def __str__(self) -> str:
        return f"acme-authorization:{self.key}"


class AcmeChallenge(models.Model):
    """One way to prove a name. `claimed_until` is until when somebody is checking the answer.

    `error` is the problem document of what failed (RFC 8555 §8).
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    authorization = models.ForeignKey(
        AcmeAuthorization, on_delete=models.PROTECT, related_name="challenges"
    )
    kind = models.CharField(max_length=20)
    token = models.CharField(max_length=43, unique=True)
    status = models.CharField(max_length=12)
    claimed_until = models.DateTimeField(null=True)
    validated_at = models.DateTimeField(null=True)
    error = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorization", "kind"], name="acme_one_challenge_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"acme-challenge:{self.key}"


class AcmeOrder(models.Model):
    """An order of one certificate for one name, and the order of the portal that it became.

    `number` is the portal's order, from finalization on; `csr_sha256` the digest of the request
    it was finalized with. `renewal_of` is the product that it renews, `replaces` the identifier
    (RFC 9773 §4.1) by which the client said so.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(AcmeAccount, on_delete=models.PROTECT, related_name="orders")
    authorization = models.ForeignKey(
        AcmeAuthorization, on_delete=models.PROTECT, related_name="orders"
    )
    status = models.CharField(max_length=12)
    profile = models.CharField(max_length=20)
    renewal_of = models.PositiveBigIntegerField(null=True)
    replaces = models.CharField(max_length=120, blank=True)
    number = models.PositiveBigIntegerField(null=True, unique=True)
    csr_sha256 = models.CharField(max_length=64, blank=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="acme_orders_of_account"),
            models.Index(fields=["account", "created_at"], name="acme_orders_by_age"),
        ]

    def __str__(self) -> str:
        return f"acme-order:{self.key}"
