"""Who is told of a product: changed by those who hold it, marked by bounces, left by a link."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from guichet.domain.identifiers import EmailAddress
from guichet.domain.orders.renewal import may_leave
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations.queries.representatives import representatives
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import operations as notifications
from guichet.orders import contacts, mails, queries
from guichet.orders.contacts import ContactFacts
from guichet.orders.models import Contact, Order, Product
from guichet.orders.policy import policy
from guichet.orders.visibility import reach

CLERK = "clerk"


def begin(order: Order, added: Iterable[str] | None) -> None:
    """Give an order just placed its contacts, in its transaction.

    `added` are addresses beside its own two; None takes over those of the product it renews.
    """
    roles = {order.actor_email: Contact.ACTOR}
    if order.informed_email:
        roles.setdefault(order.informed_email, Contact.INFORMED)
    for email in _taken_over(order) if added is None else added:
        roles.setdefault(email, Contact.ADDED)
    Contact.objects.bulk_create(
        Contact(order=order, email=email, role=role, since=order.placed_at)
        for email, role in list(roles.items())[: policy().contacts_at_most]
    )


@transaction.atomic
def replace(
    *, product_number: int, emails: Sequence[str], by: Actor, at: datetime
) -> tuple[ContactFacts, ...]:
    """Let these addresses, and no other, be told of a product; those that stay keep their marks.

    Raises Refusal: PRODUCT_UNKNOWN, RIGHT_MISSING, EMAIL_INVALID (one objection each, with its
    "field"), CONTACTS_TOO_MANY, CONTACT_LAST (nobody would be told).
    """
    order = _held(product_number, by, at)
    wanted = parsed(emails)
    known = {row.email: row for row in Contact.objects.filter(order=order)}
    gone = [row.pk for email, row in known.items() if email not in wanted]
    new = [email for email in wanted if email not in known]
    kept = [contacts.facts_of(known[email]) for email in wanted if email in known]
    if not new and not any(who.is_told for who in kept):
        raise Refusal(Code.CONTACT_LAST)
    Contact.objects.filter(pk__in=gone).delete()
    Contact.objects.bulk_create(Contact(order=order, email=email, since=at) for email in new)
    if gone or new:
        _journal(product_number, Event.CONTACTS_CHANGED, by.ref, at, len(new), len(gone))
    return contacts.of_order(order.number)


@transaction.atomic
def try_again(*, product_number: int, email: str, by: Actor, at: datetime) -> None:
    """Write again to an address that refused our e-mails, or whose reader had left.

    Raises Refusal: PRODUCT_UNKNOWN, RIGHT_MISSING.
    """
    order = _held(product_number, by, at)
    marked = Contact.objects.filter(order=order, email=email)
    if marked.update(since=at, bounced_at=None, left_at=None):
        _journal(product_number, Event.CONTACTS_CHANGED, by.ref, at, 1, 0)


@transaction.atomic
def leave(*, signed: str, at: datetime) -> ContactFacts:
    """Stop telling somebody who followed their link; twice changes nothing.

    Raises Refusal: CONTACT_LINK_INVALID, CONTACT_LAST (nobody else would be told).
    """
    asked = contacts.signed_by(signed)
    order = Order.objects.select_for_update().get(pk=asked.order_id)
    row = Contact.objects.get(pk=asked.pk)
    if row.left_at is None:
        if not may_leave(row.email, contacts.reachable(contacts.of_order(order.number))):
            raise Refusal(Code.CONTACT_LAST)
        row.left_at = at
        row.save(update_fields=["left_at"])
        subject = mails.about(order.number)
        journal.record(Event.CONTACT_LEFT, subject=subject, actor=f"contact:{row.pk}", at=at)
    return contacts.facts_of(row)


def bounced(about: str, email: str, written_at: datetime, at: datetime) -> None:
    """Mark a contact whose mailbox refuses our e-mails, and tell the representatives.

    Called in the transaction that learns it. What was written before the address was last given
    says nothing of it.
    """
    number = mails.numbered(about) or 0
    rows = Contact.objects.filter(order__number=number, bounced_at=None, since__lte=written_at)
    row = rows.filter(email=email).select_related("order").first()
    if row is None:
        return
    row.bounced_at = at
    row.save(update_fields=["bounced_at"])
    journal.record(
        Event.CONTACT_BOUNCED,
        subject=about,
        actor=CLERK,
        at=at,
        facts={"contact": row.pk},
    )
    _tell_representatives(row, at)


def _tell_representatives(row: Contact, at: datetime) -> None:
    """Once a month for one address of one structure, however many products it was given for."""
    order = row.order
    mark = sha256(row.email.encode()).hexdigest()[:12]
    product = Product.objects.filter(order=order).values_list("number", flat=True).first()
    for person in representatives(order.structure_id):
        to = tuple(email for email in person.emails if email != row.email)
        if to:
            key = f"{order.structure_id}:contact-bounced:{mark}:{at:%Y-%m}:{to[0]}"
            mail = notifications.Mail(
                to=to,
                template="orders/mail/contact-bounced",
                context={
                    "order": mails.facts(order),
                    "reader": person.name,
                    "email": row.email,
                    "product_number": product,
                },
                language=person.language,
                about=mails.about(order.number),
                dedupe_key=key[:200],
            )
            notifications.enqueue(mail=mail, at=at)


def lock(*, product_number: int, by: Actor, at: datetime) -> int:
    """The order of a product that the actor handles, locked until the caller's transaction ends.

    Raises Refusal: PRODUCT_UNKNOWN, RIGHT_MISSING.
    """
    return _held(product_number, by, at).number


def _held(product_number: int, by: Actor, at: datetime) -> Order:
    """The order of a product that the actor handles, locked."""
    asked = queries.product(product_number, by, at).order
    if not reach(by, at).may_handle(asked.structure_id, asked.offer):
        raise Refusal(
            Code.RIGHT_MISSING, structure=asked.structure_id, offer=asked.offer, usage=asked.usage
        )
    return Order.objects.select_for_update().get(number=asked.number)


def parsed(emails: Sequence[str]) -> list[str]:
    """Addresses as they are kept, without repeats.

    Raises Refusal: EMAIL_INVALID (one objection each, with its "field"), CONTACTS_TOO_MANY.
    """
    found: list[Objection] = []
    wanted: dict[str, None] = {}
    for place, text in enumerate(emails):
        try:
            wanted[str(EmailAddress.parse(text))] = None
        except Refusal as refusal:
            found.append(Objection(refusal.code, (("field", f"contacts.{place}"),)))
    if found:
        raise Refusal(found[0].code, all=tuple(found))
    if len(wanted) > policy().contacts_at_most:
        raise Refusal(Code.CONTACTS_TOO_MANY, maximum=policy().contacts_at_most)
    return list(wanted)


def _taken_over(order: Order) -> list[str]:
    """Who was added to the product renewed and is still told; the order's own two come first."""
    if order.renewal_of is None:
        return []
    rows = Contact.objects.filter(order__product__number=order.renewal_of, role=Contact.ADDED)
    told = rows.filter(bounced_at=None, left_at=None)
    return list(told.order_by("pk").values_list("email", flat=True))


def _journal(
    product_number: int, event: Event, by: str, at: datetime, added: int, removed: int
) -> None:
    facts = {"added": added, "removed": removed}
    journal.record(event, subject=f"product:{product_number}", actor=by, at=at, facts=facts)
