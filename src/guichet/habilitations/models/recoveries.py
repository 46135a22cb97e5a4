"""Colleagues who ask for the dossier of somebody who left."""

from django.db import models
from django.db.models import Q

from guichet.domain.dossier.recovery import RecoveryState
from guichet.habilitations.models.dossiers import Dossier


class Recovery(models.Model):
    """Somebody of the same establishment asks to become the owner of a dossier.

    Of the two links only the SHA-256 is kept: the owner's accepts or refuses, the
    representatives' only refuses.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="recoveries")
    account_id = models.BigIntegerField(db_index=True)
    asked_by = models.CharField(max_length=120)
    former_owner_id = models.BigIntegerField()
    siret = models.CharField(max_length=14)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    owner_token_sha256 = models.CharField(max_length=64, unique=True)
    objection_token_sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, default=RecoveryState.WAITING.value)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(state=RecoveryState.WAITING.value),
                name="one_waiting_recovery",
            ),
            models.CheckConstraint(
                condition=Q(state=RecoveryState.WAITING.value, ended_at__isnull=True)
                | (~Q(state=RecoveryState.WAITING.value) & Q(ended_at__isnull=False)),
                name="recovery_ended_at_is_set",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier}/recovery:{self.pk}"
