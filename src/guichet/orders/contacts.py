"""Who is told of an order and its product, read; and the links by which people leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

from guichet.domain.orders.renewal import Reachable
from guichet.domain.refusals import Code, Refusal
from guichet.orders.models import Contact

SALT: Final = "guichet.orders.reminders"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """Somebody to tell; `role` is a value of Contact, `bounced_at` since when e-mails come back."""

    email: str
    role: str
    bounced_at: datetime | None
    left_at: datetime | None

    @property
    def is_told(self) -> bool:
        """Whether reminders reach this person."""
        return self.bounced_at is None and self.left_at is None


def of_order(number: int) -> tuple[ContactFacts, ...]:
    """The contacts of an order, in the order they were given."""
    rows = Contact.objects.filter(order__number=number).order_by("pk")
    return tuple(map(facts_of, rows))


def facts_of(row: Contact) -> ContactFacts:
    """The frozen value of a row."""
    return ContactFacts(
        email=row.email, role=row.role, bounced_at=row.bounced_at, left_at=row.left_at
    )


def reachable(found: Iterable[ContactFacts]) -> tuple[Reachable, ...]:
    """The same people, as the rules of reminders read them."""
    return tuple(
        Reachable(who.email, bounced=who.bounced_at is not None, left=who.left_at is not None)
        for who in found
    )


def leaving_address(row: Contact) -> str:
    """The address by which a contact stops reminders: signed, so that it cannot be guessed."""
    place, signature = _signer().sign(str(row.pk)).split(":")
    return settings.GUICHET.portal_url + reverse("orders:leave", args=[int(place), signature])


def signed_by(signed: str) -> Contact:
    """The contact whose link this is ("<id>:<signature>"). Raises Refusal(CONTACT_LINK_INVALID)."""
    try:
        pk = int(_signer().unsign(signed))
    except signing.BadSignature as error:
        raise Refusal(Code.CONTACT_LINK_INVALID) from error
    row = Contact.objects.select_related("order", "order__product").filter(pk=pk).first()
    if row is None:
        raise Refusal(Code.CONTACT_LINK_INVALID)
    return row


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)
