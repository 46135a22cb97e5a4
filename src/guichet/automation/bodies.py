"""Frozen values of the orders' app -> what the API answers."""

from django.utils import timezone

from guichet.authority import queries as authority
from guichet.automation.schemas import ContactOut, OrderOut, ProductDetail, ProductOut
from guichet.orders.contacts import ContactFacts
from guichet.orders.renewals import standing
from guichet.orders.summaries import OrderSummary, ProductSummary
from guichet.x509 import bundles


def order_out(order: OrderSummary) -> OrderOut:
    """An order as the API shows it."""
    return OrderOut(
        number=order.number,
        state=order.state,
        offer=order.offer,
        usage=order.usage,
        structure=order.structure_id,
        structure_name=order.structure_name,
        beneficiary=order.beneficiary,
        placed_at=order.placed_at,
        placed_by=order.requester,
        editor=order.editor,
        available_at=order.available_at,
        withdraw_before=order.withdraw_before,
        failure=order.failure,
        attempt=order.attempt,
        product=order.product_number,
        renews=order.renewal_of,
    )


def product_out(product: ProductSummary) -> ProductOut:
    """A product as lists show it."""
    return ProductOut(
        number=product.number,
        order=product.order.number,
        state=product.state,
        offer=product.order.offer,
        usage=product.order.usage,
        structure=product.order.structure_id,
        beneficiary=product.order.beneficiary,
        subject=product.subject,
        issuer=product.issuer,
        serial=product.serial_hex,
        not_before=product.not_before,
        not_after=product.not_after,
        revoked_at=product.revoked_at,
        revocation_reason=product.revocation_motive,
        expires_at=product.not_after,
        renewal_opens_at=standing(product, timezone.now()).opens_at,
        renewal=product.heir.order if product.heir else None,
        successor=product.heir.product if product.heir else None,
        predecessor=product.order.renewal_of,
        tags=list(product.tags),
        owner_name=product.owner_name,
        owner_email=product.owner_email,
    )


def contact_out(who: ContactFacts) -> ContactOut:
    """A contact of a product as the API shows it."""
    return ContactOut(email=who.email, bounced_at=who.bounced_at, unsubscribed_at=who.left_at)


def product_detail(product: ProductSummary) -> ProductDetail:
    """A product with its certificate, so that a lost withdrawal answer costs nothing."""
    issued = authority.certificate(product.certificate_id)
    return ProductDetail(
        **dict(product_out(product)),
        certificate=bundles.pem(issued.der),
        chain=bundles.pem_chain(issued.chain_ders),
    )
