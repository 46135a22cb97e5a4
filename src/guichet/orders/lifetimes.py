"""The life of a product as ACME asks of it: by its certificate, whoever asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from guichet.orders.models import Product
from guichet.orders.policy import policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """From when to when a product lives, and what cuts it short.

    Renewals open `opens_before` its end; `recalled_for` is when an incident will revoke it.
    """

    number: int
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None
    recalled_for: datetime | None
    opens_before: timedelta


def of_certificate(certificate_id: int) -> Lifetime | None:
    """The life of the product whose certificate it is; None when it is nobody's product."""
    row = Product.objects.filter(certificate_id=certificate_id).first()
    if row is None:
        return None
    return Lifetime(
        number=row.number,
        not_before=row.not_before,
        not_after=row.not_after,
        revoked_at=row.revoked_at,
        recalled_for=row.recalled_for,
        opens_before=policy().renewal_opens,
    )
