"""Trial habilitations, by which a developer orders TEST certificates without a dossier."""

from django.db import models

from guichet.domain.trials import PER_CARD
from guichet.habilitations.models.rights import Structure


class Trial(models.Model):
    """A test structure of one card. `rank` counts those of the card, and bounds them.

    Its rights are open until `ends_at`, unless its holder ended them before, at `ended_at`.
    """

    card_number = models.CharField(max_length=20)
    rank = models.PositiveSmallIntegerField()
    structure = models.OneToOneField(Structure, on_delete=models.PROTECT, related_name="trial")
    label = models.CharField(max_length=30, unique=True)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card_number", "rank"], name="one_trial_per_rank"),
            models.CheckConstraint(
                condition=models.Q(rank__gte=1, rank__lte=PER_CARD), name="trials_of_a_card"
            ),
        ]

    def __str__(self) -> str:
        return f"trial:{self.pk}"
