"""Products that an approved incident will revoke: when, and what that changes meanwhile."""

from datetime import datetime

from django.db.models import Min, Q, QuerySet

from guichet.domain.orders.incidents import IncidentState
from guichet.orders.models import Incident, Product, Touched


def announce(incident: Incident) -> None:
    """Tell the products of an incident when it will revoke them; the earliest date stays."""
    later = Q(recalled_for=None) | Q(recalled_for__gt=incident.due_at)
    _products(incident).filter(later).update(recalled_for=incident.due_at)


def call_off(incident: Incident) -> None:
    """Take that back, unless another incident recalls the same products."""
    _products(incident).update(recalled_for=None)
    others = Incident.objects.filter(state=IncidentState.APPROVED.value).exclude(pk=incident.pk)
    for other in others.filter(due_at__isnull=False):
        announce(other)


def date_of(certificate_id: int) -> datetime | None:
    """When an approved incident will revoke a certificate; None when none will."""
    rows = Touched.objects.filter(
        certificate_id=certificate_id, incident__state=IncidentState.APPROVED.value
    )
    found: datetime | None = rows.aggregate(first=Min("incident__due_at"))["first"]
    return found


def _products(incident: Incident) -> QuerySet[Product]:
    touched = Touched.objects.filter(incident=incident, order__isnull=False).values("order")
    return Product.objects.filter(order__in=touched, revoked_at=None)
