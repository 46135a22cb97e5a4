"""The certificates that a structure has in service, told before its form asks for more."""

from datetime import datetime
from typing import Final

from django.urls import reverse

from guichet.habilitations.queries.held import LiveCertificate, LiveCertificates
from guichet.orders.models import Product

SHOWN: Final = 5


def live_certificates(structure_ids: frozenset[str], at: datetime) -> LiveCertificates:
    """How many are neither revoked nor expired, and those that end first."""
    rows = Product.objects.filter(
        order__structure_id__in=structure_ids, revoked_at=None, not_after__gt=at
    )
    first = rows.select_related("order").order_by("not_after", "number")[:SHOWN]
    return LiveCertificates(
        count=rows.count(),
        first=tuple(
            LiveCertificate(
                profile=f"{row.order.offer}/{row.order.usage}",
                beneficiary=row.order.beneficiary,
                until=row.not_after,
                address=reverse("orders:product", args=[row.number]),
            )
            for row in first
        ),
        address=reverse("orders:inventory"),
    )
