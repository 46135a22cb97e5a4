"""/orders: place, follow, re-key, withdraw."""

from collections.abc import Mapping
from typing import Annotated, Final

from django.http import HttpRequest
from django.utils import timezone, translation
from ninja import Path, Query, Router, Status

from guichet.automation import answers, searching
from guichet.automation.authentication import caller
from guichet.automation.bodies import order_out
from guichet.automation.responses import READ_PROBLEMS, WRITE_PROBLEMS
from guichet.automation.schemas import (
    Number,
    OrderBody,
    OrderOut,
    OrderQuery,
    OrdersPage,
    RekeyBody,
    WithdrawalBody,
    WithdrawalOut,
)
from guichet.domain.certificates import csr_policy
from guichet.domain.machines import Verb
from guichet.domain.orders import request as order_request
from guichet.domain.refusals import Objection, Refusal
from guichet.orders import operations, queries
from guichet.orders.filters import OrderFilters
from guichet.orders.summaries import Via
from guichet.x509 import bundles

router: Final = Router()
PERSON: Final = ("national_id", "surname", "given_names", "title")
NAMES: Final[Mapping[str, str]] = {"structure_id": "structure"} | {
    name: f"person.{name}" for name in PERSON
}


@router.post("", response={202: OrderOut, **WRITE_PROBLEMS})
def place_order(request: HttpRequest, asked: OrderBody) -> Status[OrderOut]:
    """Order a certificate. It is signed afterwards: follow the order until it is available."""
    by, at, csr = caller(request, Verb.ORDER), timezone.now(), asked.csr.encode("utf-8", "replace")
    sent = searching.texts(asked.model_dump())
    with operations.telling_of_keys(sent=sent, by=by, at=at):
        order = _parse(asked)
        csr_policy.read(csr)
    via = Via(channel="api", language=language(), idempotency_key=answers.key_of(request))
    placed = operations.place(asked=order, csr=csr, by=by, via=via, at=at)
    return Status(202, order_out(placed))


@router.get("", response={200: OrdersPage, **READ_PROBLEMS})
def list_orders(request: HttpRequest, asked: Annotated[OrderQuery, Query()]) -> OrdersPage:
    """Orders of the structures the card acts for, newest first; the last page when beyond it."""
    filters = OrderFilters(
        text=asked.text,
        states=(asked.state,) if asked.state else (),
        structure_id=asked.structure,
        page=str(asked.page),
        counts_all=True,
    )
    found = queries.orders_for(caller(request, Verb.READ), filters, timezone.now())
    return OrdersPage.of(map(order_out, found.object_list), found)


@router.get("/{number}", response={200: OrderOut, **READ_PROBLEMS})
def get_order(request: HttpRequest, number: Annotated[Number, Path()]) -> OrderOut:
    """One order."""
    return order_out(queries.order(number, caller(request, Verb.READ), timezone.now()))


@router.post("/{number}/withdrawal", response={200: WithdrawalOut, **WRITE_PROBLEMS})
def withdraw(
    request: HttpRequest, number: Annotated[Number, Path()], asked: WithdrawalBody
) -> WithdrawalOut:
    """Withdraw an available certificate: choose the revocation code, accept the terms."""
    withdrawal = operations.withdraw(
        number=number,
        by=caller(request, Verb.WITHDRAW),
        code=asked.revocation_code,
        terms_accepted=asked.accept_terms,
        at=timezone.now(),
    )
    return WithdrawalOut(
        order=withdrawal.number,
        product=withdrawal.product_number,
        serial=withdrawal.serial_hex,
        certificate=bundles.pem(withdrawal.certificate_der),
        chain=bundles.pem_chain(withdrawal.chain_ders),
    )


@router.post("/{number}/cancellation", response={200: OrderOut, **WRITE_PROBLEMS})
def cancel_order(request: HttpRequest, number: Annotated[Number, Path()]) -> OrderOut:
    """Give up an order before its withdrawal; a certificate already made is revoked."""
    by = caller(request, Verb.ORDER)
    return order_out(operations.cancel(number=number, by=by, at=timezone.now()))


@router.post("/{number}/rekey", response={202: OrderOut, **WRITE_PROBLEMS})
def rekey(
    request: HttpRequest, number: Annotated[Number, Path()], asked: RekeyBody
) -> Status[OrderOut]:
    """Give an order another key before its withdrawal: its certificate is revoked and made again.

    The order keeps its number; the same request sent again changes nothing.
    """
    by, at, csr = caller(request, Verb.ORDER), timezone.now(), asked.csr.encode("utf-8", "replace")
    order = operations.rekey(number=number, csr=csr, key_origin="csr", by=by, at=at)
    return Status(202, order_out(order))


def _parse(body: OrderBody) -> order_request.OrderRequest:
    """Raises Refusal with every objection, its field named as the API names it."""
    person = body.person.model_dump() if body.person else {}
    try:
        return order_request.parse(
            offer=body.offer,
            usage=body.usage,
            structure_id=body.structure,
            service=body.service,
            fqdn=body.fqdn,
            mail=body.mail,
            actor_email=body.actor_email,
            informed_email=body.informed_email,
            **person,
        )
    except Refusal as refusal:
        found = tuple(_renamed(objection) for objection in refusal.all)
        raise Refusal(found[0].code, all=found) from refusal


def _renamed(objection: Objection) -> Objection:
    renamed = ((key, NAMES.get(str(fact), fact)) for key, fact in objection.facts if key == "field")
    others = (pair for pair in objection.facts if pair[0] != "field")
    return Objection(objection.code, (*renamed, *others))


def language() -> str:
    """Language of the e-mails: the caller's Accept-Language, as Django understood it."""
    return (translation.get_language() or "fr")[:2]
