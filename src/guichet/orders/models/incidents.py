"""Incidents: what is proposed, which certificates are touched, who must still be told."""

from django.db import models
from django.db.models import F, Q

from guichet.domain.orders.incidents import DECIDED, IncidentState, TouchedState
from guichet.orders.models.ordering import Order


class RevocationNotice(models.Model):
    """An order or product revoked in an incident; its contacts get one list for all of theirs.

    `incident` is the same for each attempt to revoke the same certificates.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="revocation_notice")
    incident = models.CharField(max_length=32)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["incident", "at"],
                condition=models.Q(told_at=None),
                name="revocation_to_tell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.incident}"


class Incident(models.Model):
    """One incident; `state` is a value of domain.orders.incidents.IncidentState.

    `criteria` is a Criteria as JSON. `searched_to` is the last certificate looked at, of those up
    to `search_end`. `due_at` is the date of the revocation; none: as soon as it is approved.
    The database lets nobody decide on what they proposed.
    """

    title = models.CharField(max_length=120)
    criteria = models.JSONField()
    state = models.CharField(max_length=10, default=IncidentState.SEARCHING.value)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    created_label = models.CharField(max_length=200)
    searched_to = models.BigIntegerField(default=0)
    search_end = models.BigIntegerField()
    looked_at = models.PositiveBigIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    searched_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    text = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=80, blank=True)
    proposed_label = models.CharField(max_length=200, blank=True)
    proposer_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_label = models.CharField(max_length=200, blank=True)
    decider_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_label = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decider_id=None)
                | (Q(proposer_id__isnull=False) & ~Q(decider_id=F("proposer_id"))),
                name="incident_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(s.value for s in DECIDED))
                | Q(decider_id__isnull=False, decided_at__isnull=False),
                name="incident_is_approved",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="incident_by_state")]

    def __str__(self) -> str:
        return f"incident:{self.pk}"

    @property
    def key(self) -> str:
        """How its notices name it: the same at each attempt."""
        return str(self.pk)


class Touched(models.Model):
    """One certificate of an incident, as it was found; `state` is a TouchedState.

    What the breakdown is made of stands here, so that no other table is read for it. `order` is
    none for certificates that nobody ordered.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="touched")
    certificate_id = models.BigIntegerField(db_index=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    authority = models.CharField(max_length=40)
    profile = models.CharField(max_length=20)
    structure_id = models.CharField(max_length=20, blank=True)
    serial_hex = models.CharField(max_length=64)
    not_after = models.DateTimeField()
    state = models.CharField(max_length=10, default=TouchedState.WAITING.value)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "certificate_id"], name="one_touched_certificate"
            )
        ]
        indexes = [
            models.Index(fields=["incident", "state", "id"], name="touched_by_state"),
            models.Index(fields=["incident", "structure_id"], name="touched_by_structure"),
        ]

    def __str__(self) -> str:
        return f"{self.incident}/{self.certificate_id}"


class IncidentCall(models.Model):
    """Holders called to renew before the revocation, each by one e-mail an address.

    `occasion`: "first", "30" for so many days before, "again:2" for an operator's second one.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="calls")
    occasion = models.CharField(max_length=20)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "occasion"], name="one_call_per_occasion")
        ]

    def __str__(self) -> str:
        return f"{self.incident}/{self.occasion}"
