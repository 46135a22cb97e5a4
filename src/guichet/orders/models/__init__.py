"""Orders, the products that come of them, and drafts of orders. This app alone imports them."""

from guichet.orders.models.ordering import Counter, Order, OrderDraft, SupersededCertificate
from guichet.orders.models.products import Product

__all__ = [
    "Counter",
    "Order",
    "OrderDraft",
    "Product",
    "SupersededCertificate",
]
