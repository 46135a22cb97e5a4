"""Structures, rights of cards, representations. Read and written by this app alone."""

import uuid

from django.db import models
from django.db.models import F, Q


class Structure(models.Model):
    """A health organisation, as the registers know it; `national_id` goes into certificates."""

    national_id = models.CharField(max_length=20, unique=True)
    legal_name = models.CharField(max_length=200)
    search_name = models.CharField(max_length=200, db_index=True)
    siret = models.CharField(max_length=14, blank=True)
    finess = models.CharField(max_length=9, blank=True)
    department_name = models.CharField(max_length=60)
    department_number = models.CharField(max_length=3)
    naf_code = models.CharField(max_length=6, blank=True)
    naf_label = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=300, blank=True)
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"structure:{self.national_id}"


class Right(models.Model):
    """A card may order usages of an offer for a structure, in the period [starts_at, ends_at).

    Two rights of one card, structure and offer never overlap: see overlaps.py. `origin` names
    what opened it ("dossier:9073113", "delegation:7", "renewal:3"); suspended, it gives nothing,
    and what an instructor suspended no representative resumes. `closed_at` is set where somebody
    ended it before its term; `successor` is the right that took its place. `stands_on` names the
    dossiers behind a right that none opened itself ("dossier:12 dossier:15"): carried over from
    another card, or held by delegation.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    card_number = models.CharField(max_length=20, db_index=True)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="rights")
    offer = models.CharField(max_length=8)
    usages = models.JSONField()
    domains = models.JSONField(default=list)
    mail_domains = models.JSONField(default=list)
    servers = models.JSONField(default=list)
    origin = models.CharField(max_length=60, blank=True)
    stands_on = models.CharField(max_length=200, blank=True, default="", db_default="")
    delegation = models.ForeignKey(
        "habilitations.Delegation", on_delete=models.PROTECT, null=True, related_name="rights"
    )
    suspended_at = models.DateTimeField(null=True)
    suspension = models.CharField(max_length=500, blank=True)
    suspended_by_staff = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField(max_length=500, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="right_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"right:{self.key}"


class Representation(models.Model):
    """An account represents a structure: it sees and revokes what the structure holds."""

    account_id = models.BigIntegerField(db_index=True)
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, related_name="representatives"
    )
    appointed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "structure"], name="one_representation_per_structure"
            )
        ]

    def __str__(self) -> str:
        return f"representation:{self.pk}"
