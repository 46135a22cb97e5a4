"""What operators ask of the signer; its models are those of authority.models."""

from django.db import models
from django.db.models import Q


class QueueAct(models.Model):
    """What an operator asks of the signer about a request set aside: `act` of queue_acts.Asked.

    The front adds rows; the signer alone does what they ask, then says so. `refused` is the code
    of the refusal where it could not. One open act a request.
    """

    request = models.ForeignKey(
        "authority.SigningRequest", on_delete=models.PROTECT, related_name="acts"
    )
    act = models.CharField(max_length=10)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(done_at=None), name="authority_one_open_act"
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.request_id}"
