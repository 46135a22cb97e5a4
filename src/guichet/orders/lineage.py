"""The certificates that a certificate renews, one after the other."""

from collections.abc import Iterator
from typing import Final

from guichet.authority import queries as authority
from guichet.orders.models import Product
from guichet.x509 import certificate
from guichet.x509.errors import Unreadable

GENERATIONS_AT_MOST: Final = 50


def renewed_by(der: bytes) -> Iterator[bytes]:
    """DER of the product that this withdrawn certificate renews, of the one before, and so on.

    Nothing for a certificate that is not ours to the last octet, or that nobody withdrew.
    """
    row = _product(der)
    for _generation in range(GENERATIONS_AT_MOST):
        number = row.order.renewal_of if row is not None else None
        if number is None:
            return
        row = Product.objects.select_related("order").filter(number=number).first()
        if row is not None:
            yield authority.certificate(row.certificate_id).der


def _product(der: bytes) -> Product | None:
    try:
        serial = certificate.serial_hex(certificate.load(der).serial_number)
    except Unreadable:
        return None
    row = Product.objects.select_related("order").filter(serial_hex=serial).first()
    is_ours = row is not None and authority.certificate(row.certificate_id).der == der
    return row if is_ours else None
