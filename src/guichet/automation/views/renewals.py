"""/products/{number}/renewal and /products/{number}/contacts."""

from datetime import datetime
from typing import Annotated, Final

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Router, Status

from guichet.automation import answers, etags, searching
from guichet.automation.authentication import caller
from guichet.automation.bodies import contact_out, order_out
from guichet.automation.responses import READ_PROBLEMS, WRITE_PROBLEMS
from guichet.automation.schemas import (
    ContactOut,
    ContactsBody,
    Number,
    OrderOut,
    RenewalBody,
)
from guichet.automation.views.orders import language
from guichet.domain.certificates import csr_policy
from guichet.domain.machines import Verb
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders import contacts, operations, queries
from guichet.orders.operations import contacts as changing
from guichet.orders.operations.renewing import RenewalAsked
from guichet.orders.summaries import Via

router: Final = Router()
IF_MATCH: Final = "ETag of the contacts as they were read: 412 when they changed since."


@router.post("/{number}/renewal", response={202: OrderOut, **WRITE_PROBLEMS})
def renew(
    request: HttpRequest, number: Annotated[Number, Path()], asked: RenewalBody
) -> Status[OrderOut]:
    """Order the successor of a product, with a new request or with the key it has.

    The product stays valid until its own end: both serve meanwhile.
    """
    by, at = caller(request, Verb.RENEW), timezone.now()
    csr = asked.csr.encode("utf-8", "replace") if asked.csr is not None else None
    with operations.telling_of_keys(sent=searching.texts(asked.model_dump()), by=by, at=at):
        if (csr is None) is not asked.same_key:
            field = "csr" if csr is None else "same_key"
            raise Refusal(Code.FIELD_MISSING if csr is None else Code.FIELD_UNEXPECTED, field=field)
        if csr is not None:
            csr_policy.read(csr)
    actor, informed, others = _contacts(asked.contacts)
    renewal = RenewalAsked(
        product_number=number,
        csr=csr,
        actor_email=actor,
        informed_email=informed,
        contacts=others,
    )
    via = Via(channel="api", language=language(), idempotency_key=answers.key_of(request))
    return Status(202, order_out(operations.renew(asked=renewal, by=by, via=via, at=at)))


@router.get("/{number}/contacts", response={200: list[ContactOut], **READ_PROBLEMS})
def list_contacts(request: HttpRequest, number: Annotated[Number, Path()]) -> list[ContactOut]:
    """Who is told that a product ends."""
    product = queries.product(number, caller(request, Verb.READ), timezone.now())
    found = [contact_out(who) for who in contacts.of_order(product.order.number)]
    etags.note(request, etags.of(found))
    return found


@router.put("/{number}/contacts", response={200: list[ContactOut], **WRITE_PROBLEMS})
def replace_contacts(
    request: HttpRequest,
    number: Annotated[Number, Path()],
    asked: ContactsBody,
    if_match: Annotated[str | None, Header(alias="If-Match", description=IF_MATCH)] = None,
) -> list[ContactOut]:
    """Let these addresses, and no other, be told of a product."""
    by, at = caller(request, Verb.CONTACTS), timezone.now()
    with operations.telling_of_keys(sent=searching.texts(asked.model_dump()), by=by, at=at):
        emails = changing.parsed(asked.contacts)
    with transaction.atomic():
        if if_match is not None:
            etags.require(if_match, etags.of(_held(number, by, at)))
        found = changing.replace(product_number=number, emails=emails, by=by, at=at)
    return [contact_out(who) for who in found]


def _held(number: int, by: Actor, at: datetime) -> list[ContactOut]:
    """The contacts as they are read, which nobody else changes before the transaction ends."""
    order = changing.lock(product_number=number, by=by, at=at)
    return [contact_out(who) for who in contacts.of_order(order)]


def _contacts(
    emails: list[str] | None,
) -> tuple[str | None, str | None, tuple[str, ...] | None]:
    """The two addresses of an order, and the others; None keeps those of the product."""
    if emails is None:
        return None, None, None
    found = changing.parsed(emails)
    if not found:
        raise Refusal(Code.FIELD_MISSING, field="contacts")
    return found[0], found[1] if len(found) > 1 else "", tuple(found[2:])
