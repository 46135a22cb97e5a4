"""Products by what machines know of them: the certificate in their hands, or its subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from guichet.authority import queries as authority
from guichet.identities.actors import Actor
from guichet.orders import queries, renewals
from guichet.orders.models import Product
from guichet.orders.summaries import ProductSummary
from guichet.x509 import certificate
from guichet.x509.identity import Identity

AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Presented:
    """The product that a certificate is, and the ref of who ordered it."""

    number: int
    structure_id: str
    requester_ref: str


def product_of(certificate_der: bytes) -> Presented | None:
    """The product that a certificate is to the last octet; None when it is none.

    Whether it may be seen is the caller's care. Raises Unreadable.
    """
    serial = certificate.serial_hex(certificate.load(certificate_der).serial_number)
    row = Product.objects.filter(serial_hex=serial).select_related("order").first()
    if row is None or authority.certificate(row.certificate_id).der != certificate_der:
        return None
    return Presented(row.number, row.order.structure_id, row.order.requester_ref)


def products_named(
    told: Identity, profile: str, actor: Actor, at: datetime
) -> Iterator[tuple[ProductSummary, bytes]]:
    """Products of this profile, good now, that may be what an identity names; with their DER.

    The newest first; those that a renewal already follows come last.
    """
    offer, _, usage = profile.partition("/")
    beneficiaries = {*told.common_names(), *told.servers, *told.mails}
    rows = queries.visible_products(actor, at).filter(
        offer=offer, usage=usage, beneficiary__in=beneficiaries, revoked_at=None, not_after__gt=at
    )
    found = renewals.with_heirs(
        queries.product_summary(row, at) for row in rows.order_by("-number")[:AT_MOST]
    )
    for product in sorted(found, key=lambda product: product.heir is not None):
        yield product, authority.certificate(product.certificate_id).der
