"""The instructors' side: corrections asked, decisions, who follows what."""

from django.db import models
from django.db.models import Q

from guichet.habilitations.models.dossiers import Dossier, Revision
from guichet.habilitations.models.exchanges import Message


class Correction(models.Model):
    """Corrections asked of the applicant: `fields` maps paths to comments; one at a time."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="corrections")
    message = models.OneToOneField(Message, on_delete=models.PROTECT)
    reason = models.CharField(max_length=12)
    fields = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(resolved_at=None), name="one_pending_correction"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier}/correction:{self.pk}"


class Decision(models.Model):
    """A decision on one revision; a later one replaces it, none is deleted.

    `rows` and `types` are what was accepted; `refused` maps other rows and types to reasons.
    A decision that needs two people waits with `approved_at` empty and changes nothing yet.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    rows = models.JSONField(default=list)
    types = models.JSONField(default=list)
    refused = models.JSONField(default=dict)
    verdicts = models.JSONField(default=list)
    code = models.CharField(max_length=12, unique=True)
    by_id = models.BigIntegerField()
    by_label = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    second_id = models.BigIntegerField(null=True)
    second_label = models.CharField(max_length=120, blank=True)
    second_because = models.CharField(max_length=300, blank=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(withdrawn_at=None, replaced_at=None),
                name="one_standing_decision",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier}/decision:{self.pk}"


class Following(models.Model):
    """An instructor follows a dossier; `seen_at` is when they last opened it."""

    account_id = models.BigIntegerField(db_index=True)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="followings")
    follows = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)
    label = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "dossier"], name="one_following")
        ]

    def __str__(self) -> str:
        return f"{self.dossier}/following:{self.account_id}"


class Annotation(models.Model):
    """A note between instructors; applicants never see it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="annotations")
    by_label = models.CharField(max_length=120)
    body = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier}/annotation:{self.pk}"


class SavedView(models.Model):
    """A list of dossiers as an instructor wants it: a query string under a name."""

    account_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "name"], name="one_view_per_name")
        ]

    def __str__(self) -> str:
        return f"view:{self.pk}"


class MailPreference(models.Model):
    """When an instructor is told of news: at once, every day, every week, never."""

    account_id = models.BigIntegerField(unique=True)
    email = models.EmailField(max_length=254)
    rhythm = models.CharField(max_length=8, default="daily")
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mail-preference:{self.account_id}"


class Examination(models.Model):
    """What the registers said of revision `n` when the clerk last asked them: the worst level.

    `is_proposed`: every check is green and the representative is known; a list is sorted out by
    it, a decision never: the registers are asked again then.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="examination")
    n = models.PositiveIntegerField()
    level = models.CharField(max_length=12, db_index=True)
    is_proposed = models.BooleanField(default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier}/examination:{self.n}"
