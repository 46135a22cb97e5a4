"""RETIRER: the certificate is handed over against a revocation code and the terms."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from guichet.authority import queries as authority
from guichet.authority.queries import IssuedCertificate
from guichet.domain import evidence
from guichet.domain.orders import revocation
from guichet.domain.orders.states import ORDERS, OrderAct, OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import agreements, codes, mails, numbers, queries, recalls, successors
from guichet.orders.evidence_texts import text_of_withdrawal
from guichet.orders.models import Order, Product
from guichet.orders.operations.issuing import locked_order
from guichet.orders.successors import Successor
from guichet.orders.summaries import Withdrawal
from guichet.orders.visibility import reach
from guichet.terms.documents import Agreed
from guichet.x509 import decode


def withdraw(
    *,
    number: int,
    by: Actor,
    code: str | None,
    terms_accepted: bool,
    at: datetime,
    shown: str = "",
) -> Withdrawal:
    """Hand over the certificate of an available order; a product is born.

    `code` is None for a machine, which would keep none: such a product has no revocation code, and
    those who hold it revoke it. `shown` names the versions of the terms that were accepted.

    Raises Refusal: ORDER_UNKNOWN, RIGHT_MISSING, MOVE_FORBIDDEN (not available, or withdrawn
    already), TERMS_NOT_ACCEPTED, TERMS_CHANGED, REVOCATION_CODE_WEAK, ALREADY_REVOKED.
    """
    asked = queries.order(number, by, at)
    if not reach(by, at).may_withdraw(asked.structure_id, asked.offer):
        raise Refusal(
            Code.RIGHT_MISSING, structure=asked.structure_id, offer=asked.offer, usage=asked.usage
        )
    ORDERS.next(asked.state, OrderAct.WITHDRAW)
    agreed = agreements.require(terms_accepted, shown, at)
    code_hash = codes.NO_CODE if code is None else codes.hashed(revocation.admit_code(code))
    with transaction.atomic():
        return hand_over(number, by, code_hash, agreed, at)


def hand_over(number: int, by: Actor, code_hash: str, agreed: Agreed, at: datetime) -> Withdrawal:
    """Make the product of an available order, in the caller's transaction and with its checks.

    `code_hash` is of codes.hashed, or codes.NO_CODE.
    Raises Refusal: MOVE_FORBIDDEN, ALREADY_REVOKED.
    """
    row = locked_order(number)
    row.state = ORDERS.next(OrderState(row.state), OrderAct.WITHDRAW).value
    row.withdrawn_at = at
    row.withdrawn_by = by.label
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_by"])
    issued = authority.certificate(row.certificate_id or 0)
    if issued.revoked_at is not None:
        raise Refusal(Code.ALREADY_REVOKED, serial=issued.serial_hex)
    product = _product(row, issued, code_hash)
    agreements.keep(row, agreed, by, at)
    # Before the journal, whose lock comes after those of what follows a renewal.
    _tell_of_renewal(product, issued, by, at)
    journal.record(
        Event.ORDER_WITHDRAWN,
        subject=mails.about(number),
        actor=by.ref,
        at=at,
        facts={
            "product": product.number,
            "serial": issued.serial_hex,
            **asdict(agreed),
            evidence.FACT: evidence.digest(text_of_withdrawal(product, issued.der)),
        },
    )
    told = {"reference": reference(product), "by": by.label, "product_number": product.number}
    mails.tell(row, "withdrawn", at, told)
    return Withdrawal(
        number=number,
        product_number=product.number,
        certificate_der=issued.der,
        chain_ders=issued.chain_ders,
        serial_hex=issued.serial_hex,
    )


def _tell_of_renewal(product: Product, issued: IssuedCertificate, by: Actor, at: datetime) -> None:
    renews = product.order.renewal_of
    if renews is not None:
        successor = Successor(product=product.number, renews=renews, issued=issued)
        successors.tell(successor, by, at)


def reference(product: Product) -> str:
    """Issuer and serial as the deck prints them."""
    return queries.product_summary(product, product.not_before).reference


def _product(row: Order, issued: IssuedCertificate, code_hash: str) -> Product:
    described = decode.describe(issued.der)
    return Product.objects.create(
        number=numbers.take(numbers.PRODUCTS),
        order=row,
        certificate_id=issued.id,
        serial_hex=issued.serial_hex,
        issuer=described.issuer_text,
        subject=described.subject_text,
        not_before=issued.not_before,
        not_after=issued.not_after,
        code_hash=code_hash,
        recalled_for=recalls.date_of(issued.id),
    )
