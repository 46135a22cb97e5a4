"""An ACME order becomes an order of the portal, and is followed until its certificate is there."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from django.utils.translation import gettext as _
from josepy.errors import DeserializationError
from josepy.json_util import decode_b64jose

from guichet.automation import searching
from guichet.automation.acme import addresses, authorizing, ordering
from guichet.automation.acme.problems import Problem
from guichet.automation.acme.receiving import Asked
from guichet.automation.acme.validation import caa
from guichet.automation.acme.validation.errors import Unproved
from guichet.automation.models import AcmeOrder
from guichet.domain.acme import identifiers
from guichet.domain.acme.identifiers import DNS, Identifier
from guichet.domain.acme.states import ORDERS, OrderAct, OrderStatus
from guichet.domain.catalogue import profiles
from guichet.domain.certificates import csr_policy
from guichet.domain.machines import Verb
from guichet.domain.orders.states import GIVES_NOTHING, OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.identities.machines import machine
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import operations as orders
from guichet.orders import queries
from guichet.orders.operations import issuing
from guichet.orders.summaries import OrderSummary, Via
from guichet.orders.texts import failure_words
from guichet.x509.csr import Csr

# How a proof of ours is called in CAA records (RFC 8657 §4).
CAA_METHODS: Final[Mapping[str, str]] = {authorizing.DECLARED: "ca-dns-txt"}


def finalize(row: AcmeOrder, asked: Asked) -> AcmeOrder:
    """Place the order with its request (RFC 8555 §7.4); the same request again changes nothing.

    The habilitation, the proof of the name and its CAA records are asked again. Raises Problem:
    orderNotReady, badCSR, caa, dns, unauthorized; Refusal: CSR_*, KEY_*, ACME_CSR_NAMES, RENEWAL_*,
    VERB_MISSING.
    """
    sent = asked.content().get("csr")
    csr = _read(sent, asked)
    digest = hashlib.sha256(csr.der).hexdigest()
    if row.csr_sha256 == digest:
        return row
    _require_ready(row, asked.at)
    _require_own_key(csr, asked)
    asked.require(Verb.WITHDRAW, Verb.RENEW if row.renewal_of else Verb.ORDER)
    identifier = Identifier(row.authorization.kind, row.authorization.name)
    identifiers.require_named(csr, identifier)
    request = ordering.order_request(identifier, profiles.profile(row.profile), asked.actor)
    ordering.require_covered(request, identifier, asked.actor, asked.at)
    authorizing.require_still_proved(row.authorization, asked.actor, asked.at)
    _require_caa(row)
    return _place(row, csr, digest, asked)


def follow(row: AcmeOrder, asked: Asked) -> AcmeOrder:
    """Bring an order up to date: with the clock, the signer and what people did meanwhile.

    A certificate that was made is withdrawn without a revocation code: its owner revokes it.
    Raises Refusal: ORDER_UNKNOWN, VERB_MISSING, RIGHT_MISSING.
    """
    if row.status in ordering.OPEN and row.expires_at <= asked.at:
        detail = _("Cette commande n’a pas été finalisée à temps.")
        return _end(row, Problem("malformed", detail).document())
    if row.status != OrderStatus.PROCESSING.value or row.number is None:
        return row
    order = _withdrawn(row.number, asked)
    if order.state is OrderState.WITHDRAWN:
        return _move(row, OrderAct.ISSUE)
    if order.state in GIVES_NOTHING:
        return _end(row, _failure(order))
    return row


def _withdrawn(number: int, asked: Asked) -> OrderSummary:
    """The order, withdrawn if it can be."""
    order = queries.order(number, asked.actor, asked.at)
    if order.state is OrderState.ISSUING and issuing.settle(number, asked.at):
        order = queries.order(number, asked.actor, asked.at)
    if order.state is not OrderState.AVAILABLE:
        return order
    asked.require(Verb.WITHDRAW)
    try:
        orders.withdraw(number=number, by=asked.actor, code=None, terms_accepted=True, at=asked.at)
    except Refusal as refusal:
        # Another request of the same client was faster.
        if refusal.code is not Code.MOVE_FORBIDDEN:
            raise
    return queries.order(number, asked.actor, asked.at)


def _read(sent: Any, asked: Asked) -> Csr:
    """The request of the payload. A private key in it is burnt. Raises Refusal: CSR_*, Problem."""
    if not isinstance(sent, str):
        raise Problem("malformed", _("« csr » est la demande de certificat, DER en base64url."))
    with suppress(DeserializationError, ValueError):
        sent_der = decode_b64jose(sent)
        whole = b"\n".join((sent_der, searching.texts(dict(asked.content()))))
        with orders.telling_of_keys(sent=whole, by=asked.actor, at=asked.at):
            return csr_policy.read(sent_der)
    with orders.telling_of_keys(sent=sent.encode("utf-8", "replace"), by=asked.actor, at=asked.at):
        raise Refusal(Code.CSR_UNREADABLE)


def _require_ready(row: AcmeOrder, at: datetime) -> None:
    if row.status != OrderStatus.READY.value or row.expires_at <= at:
        detail = _(
            "Cette commande ne peut pas être finalisée : elle est « %(status)s ». Si elle attend, "
            "prouvez d’abord son nom ; sinon, relisez-la, ou passez-en une autre."
        )
        told = detail % {"status": row.status}
        raise Problem("orderNotReady", told, HTTPStatus.FORBIDDEN)


def _require_own_key(csr: Csr, asked: Asked) -> None:
    """What an account key signs is for us alone: no certificate lends it to others."""
    key = asked.key.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if hashlib.sha256(key).hexdigest() == csr.key.spki_sha256:
        detail = _("La clé du compte ACME ne peut pas être certifiée. Faites-en une pour ce nom.")
        raise Problem("badCSR", detail)


def _require_caa(row: AcmeOrder) -> None:
    """The domain's holder may forbid it (RFC 8659); asked of the network, so in no transaction."""
    authorization = row.authorization
    if authorization.kind != DNS:
        return
    account = addresses.url("account", row.account.key)
    method = CAA_METHODS.get(authorization.method, authorization.method)
    try:
        caa.require(authorization.name, account, method)
    except Unproved as unproved:
        raise Problem(unproved.kind, unproved.detail, HTTPStatus.FORBIDDEN) from unproved


@transaction.atomic
def _place(row: AcmeOrder, csr: Csr, digest: str, asked: Asked) -> AcmeOrder:
    locked = AcmeOrder.objects.select_for_update().get(pk=row.pk)
    if locked.csr_sha256 == digest:
        return locked
    _require_ready(locked, asked.at)
    placed = _ordered(locked, csr, asked)
    locked.status = ORDERS.next(OrderStatus(locked.status), OrderAct.FINALIZE).value
    locked.number, locked.csr_sha256 = placed.number, digest
    locked.save(update_fields=["status", "number", "csr_sha256"])
    journal.record(
        Event.ACME_ORDER_FINALIZED,
        subject=str(locked),
        actor=asked.actor.ref,
        at=asked.at,
        facts={"order": placed.number, "csr": digest},
    )
    return locked


def _ordered(row: AcmeOrder, csr: Csr, asked: Asked) -> OrderSummary:
    """The portal's order; a renewal keeps the addresses of what it renews."""
    via = Via(
        channel="acme",
        language=machine(row.account.machine).language,
        idempotency_key=f"acme:{row.key}",
    )
    if row.renewal_of is not None:
        renewal = orders.RenewalAsked(product_number=row.renewal_of, csr=csr.der)
        return orders.renew(asked=renewal, by=asked.actor, via=via, at=asked.at)
    identifier = Identifier(row.authorization.kind, row.authorization.name)
    profile = profiles.profile(row.profile)
    request = ordering.order_request(identifier, profile, asked.actor)
    return orders.place(asked=request, csr=csr.der, by=asked.actor, via=via, at=asked.at)


def _move(row: AcmeOrder, act: OrderAct, **changes: Any) -> AcmeOrder:
    """Once only, whoever else moves it meanwhile; what it follows is journalled already."""
    before = OrderStatus(row.status)
    changes["status"] = ORDERS.next(before, act).value
    AcmeOrder.objects.filter(pk=row.pk, status=before.value).update(**changes)
    row.refresh_from_db()
    return row


def _end(row: AcmeOrder, error: Mapping[str, Any]) -> AcmeOrder:
    return _move(row, OrderAct.FAIL, error=dict(error))


def _failure(order: OrderSummary) -> Mapping[str, Any]:
    if order.state is OrderState.FAILED:
        return Problem("serverInternal", failure_words(order.failure), 500).document()
    detail = _("La commande %(number)s a été annulée ou révoquée avant son retrait.")
    return Problem("unauthorized", detail % {"number": order.number}, 403).document()
