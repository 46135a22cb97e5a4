"""What a structure hands on: delegations to an editor, rights carried to a new card, domains."""

from django.db import models
from django.db.models import F, Q

from guichet.habilitations.models.rights import Structure


class Delegation(models.Model):
    """A structure lets an editor's declared staff act for it, within offers and a period.

    `opened_at` is when the rights of the staff were opened: a delegation opens once.
    """

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="delegations")
    editor_siret = models.CharField(max_length=14, db_index=True)
    editor_name = models.CharField(max_length=200)
    offers = models.JSONField(default=list)
    domains = models.JSONField(default=list)
    mail_domains = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=120, blank=True)
    accepted_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"delegation:{self.pk}"


class EditorStaff(models.Model):
    """A card that an editor declares as acting for it."""

    editor_siret = models.CharField(max_length=14, db_index=True)
    card_number = models.CharField(max_length=20, db_index=True)
    name = models.CharField(max_length=160)
    email = models.EmailField(max_length=254)
    declared_by = models.CharField(max_length=120)
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["editor_siret", "card_number"],
                condition=Q(ended_at=None),
                name="one_staff_row_per_card",
            )
        ]

    def __str__(self) -> str:
        return f"editor:{self.editor_siret}/card:{self.card_number}"


class CardRenewal(models.Model):
    """A person with a new card asks that the rights of the old one be carried over.

    The representative consents by a link, of which only the SHA-256 is kept.
    """

    account_id = models.BigIntegerField(db_index=True)
    old_card = models.CharField(max_length=20)
    new_card = models.CharField(max_length=20)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="renewals")
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)
    consented = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_card", "new_card", "structure"],
                condition=Q(answered_at=None),
                name="one_pending_renewal",
            )
        ]

    def __str__(self) -> str:
        return f"renewal:{self.pk}"


class DomainProof(models.Model):
    """A structure proves a domain by a TXT record under a name of ours (RFC 8555 8.4's idea)."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="proofs")
    domain = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=300, blank=True)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["structure", "domain"], name="one_proof_per_domain")
        ]

    def __str__(self) -> str:
        return f"domain-proof:{self.pk}"


class Counter(models.Model):
    """The last number of a series people quote."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"counter:{self.series}"
