"""Products near their end: time is moved under them, nothing waits."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from apps.orders.counter import WITHDRAWAL, Person, Sign
from guichet.authority.models import Certificate
from guichet.notifications.models import OutboxMail
from guichet.orders import operations
from guichet.orders.models import Product
from guichet.orders.operations import RenewalAsked, Via

DAY = timedelta(days=1)


def ends_in(number: int, days: float) -> int:
    """Leave a product and its certificate so many days; its number."""
    row = Product.objects.get(number=number)
    shift = timezone.now() + days * DAY - row.not_after
    certificates = Certificate.objects.filter(pk=row.certificate_id)
    for rows in (Product.objects.filter(number=number), certificates):
        rows.update(not_after=F("not_after") + shift, not_before=F("not_before") + shift)
    return number


def renew(who: Person, number: int, csr: str | None = None, **asked: Any) -> int:
    """Renew now; with the key the product has unless a CSR is given. The order's number."""
    sent = RenewalAsked(product_number=number, csr=csr.encode() if csr else None, **asked)
    via = Via(channel="portal")
    return operations.renew(asked=sent, by=who.actor, via=via, at=timezone.now()).number


def take(who: Person, order: int, sign: Sign) -> int:
    """Sign and withdraw an order; the product's number."""
    sign()
    return int(who.post(f"/produits/retirer/{order}/", WITHDRAWAL)["Location"].split("/")[-2])


def written_to(template: str) -> list[str]:
    """Who was written to with this template, sorted."""
    rows = OutboxMail.objects.filter(dedupe_key__contains=template)
    return sorted(address for row in rows for address in row.to)
