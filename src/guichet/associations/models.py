"""Services that structures declared, and the certificates attached to them."""

import uuid

from django.db import models
from django.db.models import Q

from guichet.domain.associations import ServiceState


class Service(models.Model):
    """What calls a relying party on behalf of a structure, under one client identifier.

    `structure_name` is copied, as publishers have no access to structures. A closed service stays,
    for the record; its client identifier may then be declared again.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    structure_id = models.CharField(max_length=20)
    structure_name = models.CharField(max_length=300)
    client_id = models.CharField(max_length=100)
    name = models.CharField(max_length=120)
    environment = models.CharField(max_length=10)
    redirect_uris = models.JSONField(default=list)
    post_logout_redirect_uris = models.JSONField(default=list)
    contact_email = models.EmailField(max_length=254)
    state = models.CharField(max_length=10, default=ServiceState.OPEN.value)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id"],
                condition=Q(state=ServiceState.OPEN.value),
                name="one_open_service_per_client",
            )
        ]
        indexes = [models.Index(fields=["structure_id", "name"], name="service_by_structure")]

    def __str__(self) -> str:
        return f"service:{self.key}"


class Attachment(models.Model):
    """A certificate that a service presents, from `since` to `until` (null: to its own end).

    What is published of the certificate is copied; whether it is revoked is asked of the authority.
    `sha256` is of its DER, in hexadecimal. `ended_by` tells who detached it.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="attachments")
    product = models.PositiveBigIntegerField(db_index=True)
    certificate_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    subject = models.CharField(max_length=1000)
    serial_hex = models.CharField(max_length=64)
    not_after = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    attached_by = models.CharField(max_length=200)
    ended_by = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "product"],
                condition=Q(ended_by=""),
                name="attached_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"attachment:{self.pk}"
