"""Dossiers: the form being typed, its deposited revisions, the people who share it."""

from django.db import models
from django.db.models import Q

from guichet.domain.dossier.states import DECIDED, DossierState


class Dossier(models.Model):
    """One F413. `draft` is what is being typed; what was deposited is in its revisions.

    `version` counts every change of the draft; `draft_differs` tells of edits not deposited yet.
    `company` is what the registers said of the SIRET when it was chosen. `terms_seen` is the
    version of the terms that the draft's box was ticked for; empty: from before versions were kept.
    """

    number = models.BigIntegerField(unique=True)
    state = models.CharField(max_length=20, default=DossierState.DRAFT.value, db_index=True)
    owner_id = models.BigIntegerField(db_index=True)
    siret = models.CharField(max_length=14, db_index=True)
    company = models.JSONField(default=dict)
    draft = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    draft_differs = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="fr")
    terms_seen = models.CharField(max_length=20, default="", db_default="")
    cloned_from = models.BigIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True, db_index=True)
    assignee_label = models.CharField(max_length=120, blank=True)
    search_text = models.TextField(blank=True)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField(db_index=True)
    filed_at = models.DateTimeField(null=True, db_index=True)
    taken_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField(db_index=True)
    trashed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DossierState.DRAFT.value) | Q(filed_at__isnull=False),
                name="dossier_filed_at_is_set",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(s.value for s in DECIDED))
                | Q(decided_at__isnull=False),
                name="dossier_decided_at_is_set",
            ),
        ]

    def __str__(self) -> str:
        return f"dossier:{self.number}"


class Revision(models.Model):
    """What was deposited, for ever: canonical JSON and its SHA-256."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="revisions")
    n = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    code = models.CharField(max_length=12, unique=True)
    terms_version = models.CharField(max_length=20)
    terms_sha256 = models.CharField(max_length=64, default="", db_default="")
    deposited_by = models.CharField(max_length=120)
    deposited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "n"], name="one_revision_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.dossier}/revision:{self.n}"


class Participation(models.Model):
    """Somebody invited to write with the owner, or to become the owner, by e-mail.

    Only the SHA-256 of the link's token is kept. `account_id` is set once it was accepted.
    """

    WRITE = "write"
    OWN = "own"

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="participations")
    kind = models.CharField(max_length=8, default=WRITE)
    email = models.EmailField(max_length=254)
    token_sha256 = models.CharField(max_length=64, unique=True)
    account_id = models.BigIntegerField(null=True, db_index=True)
    invited_by = models.CharField(max_length=120)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.dossier}/participation:{self.pk}"


class AdministratorConfirmation(models.Model):
    """A declared administrator confirms card and e-mail by a link, before instruction."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="confirmations")
    row = models.CharField(max_length=32)
    card_number = models.CharField(max_length=20)
    email = models.EmailField(max_length=254)
    token_sha256 = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "row", "card_number", "email"],
                name="one_confirmation_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier}/confirmation:{self.pk}"


class PurgedDossier(models.Model):
    """What is left of a purged dossier: that it was there, and how it ended. Nobody's data."""

    number = models.BigIntegerField(unique=True)
    state = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dossier:{self.number}"
