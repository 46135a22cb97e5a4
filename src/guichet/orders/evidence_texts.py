"""The texts of an order and of a withdrawal, as evidence files tell them."""

from guichet.domain import evidence
from guichet.domain.evidence import OrderTold
from guichet.orders.models import Order, Product


def text_of_order(row: Order, habilitation: str) -> str:
    """An order as it was placed; `habilitation` is the digest of its habilitation's text."""
    return evidence.order(
        OrderTold(
            order=row.number,
            profile=f"{row.offer}/{row.usage}",
            structure=row.structure_id,
            right=row.right_key,
            habilitation=habilitation,
            service=row.service,
            fqdn=row.fqdn,
            mail=row.mail,
            channel=row.channel,
            renews=row.renewal_of,
        )
    )


def text_of_withdrawal(product: Product, der: bytes) -> str:
    """The withdrawal that made a product, of this certificate."""
    return evidence.withdrawal(
        order=product.order.number,
        product=product.number,
        serial=product.serial_hex,
        certificate_sha256=evidence.digest(der),
    )
