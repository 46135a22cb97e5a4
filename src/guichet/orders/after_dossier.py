"""What became of the rights that a dossier opened: orders, withdrawals, revocations."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from guichet.habilitations.queries.life import Step
from guichet.orders.models import Order

AT_MOST: Final = 20


def steps_after(structure_id: str, right_keys: Sequence[str]) -> Iterator[Step]:
    """The steps of the last orders placed under these rights."""
    rows = Order.objects.filter(structure_id=structure_id, right_key__in=right_keys)
    for row in rows.select_related("product").order_by("-number")[:AT_MOST]:
        yield from _steps(row)


def _steps(row: Order) -> Iterator[Step]:
    words = {"number": row.number, "profile": f"{row.offer}/{row.usage}"}
    if row.renewal_of is None:
        asked = _("Certificat %(profile)s demandé (n° %(number)s)")
    else:
        asked = _("Renouvellement %(profile)s demandé (n° %(number)s)")
    yield Step(row.placed_at, asked % words)
    if row.available_at is not None:
        yield Step(row.available_at, _("Certificat n° %(number)s prêt au retrait") % words)
    if row.withdrawn_at is not None:
        yield Step(row.withdrawn_at, _("Certificat n° %(number)s retiré") % words)
    product: Any = getattr(row, "product", None)
    if product is not None and product.revoked_at is not None:
        title = _("Certificat n° %(number)s révoqué") % words
        yield Step(product.revoked_at, title, "danger")
