"""Orders, the products that come of them, and drafts of orders. This app alone imports them."""

from guichet.orders.models.agreements import Agreement
from guichet.orders.models.contacts import CalendarLink, Contact, Reminder
from guichet.orders.models.figures import OrderDay
from guichet.orders.models.groups import GroupLine, OrderGroup
from guichet.orders.models.incidents import Incident, IncidentCall, RevocationNotice, Touched
from guichet.orders.models.labels import SavedView, Tag, Tagging
from guichet.orders.models.ordering import Counter, Order, OrderDraft, SupersededCertificate
from guichet.orders.models.products import Product
from guichet.orders.models.proofs import KeyProof

__all__ = [
    "Agreement",
    "CalendarLink",
    "Contact",
    "Counter",
    "GroupLine",
    "Incident",
    "IncidentCall",
    "KeyProof",
    "Order",
    "OrderDay",
    "OrderDraft",
    "OrderGroup",
    "Product",
    "Reminder",
    "RevocationNotice",
    "SavedView",
    "SupersededCertificate",
    "Tag",
    "Tagging",
    "Touched",
]
