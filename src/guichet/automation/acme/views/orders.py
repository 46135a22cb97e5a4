"""Orders, their finalization, and their certificates."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from guichet.authority import queries as authority
from guichet.automation.acme import certificates, finalizing, ordering, replies, revoking
from guichet.automation.acme.addresses import url
from guichet.automation.acme.receiving import (
    Asked,
    Signed,
    by_account,
    by_either,
    own,
    unknown,
)
from guichet.automation.models import AcmeOrder
from guichet.domain.acme.states import OrderStatus
from guichet.domain.machines import Verb
from guichet.orders import queries

CHAIN_TYPE: Final = "application/pem-certificate-chain"
POLL_S: Final = 3


@by_account
def new_order(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Ask for a certificate (RFC 8555 §7.4)."""
    row = ordering.ask(asked, ordering.parse(asked.content()))
    return _shown(row, HTTPStatus.CREATED)


@by_account
def order(request: HttpRequest, asked: Asked, key: UUID) -> HttpResponse:
    """Where an order stands; a certificate that was made meanwhile is withdrawn."""
    asked.require_get()
    return _shown(finalizing.follow(_own(asked, key), asked))


@by_account
def finalize(request: HttpRequest, asked: Asked, key: UUID) -> HttpResponse:
    """Send the certificate request of an order whose name is proved."""
    return _shown(finalizing.finalize(_own(asked, key), asked))


@by_account
def certificate(request: HttpRequest, asked: Asked, key: UUID, rank: int = 0) -> HttpResponse:
    """The certificate and its issuers, PEM (RFC 8555 §7.4.2): the chain of a rank, 0 the usual."""
    asked.require_get()
    asked.require(Verb.WITHDRAW)
    row = _own(asked, key)
    if row.status != OrderStatus.VALID.value or row.number is None:
        raise unknown()
    number = queries.order(row.number, asked.actor, asked.at).product_number
    product = queries.product(number or 0, asked.actor, asked.at)
    chains = certificates.chains(authority.certificate(product.certificate_id))
    if rank >= len(chains):
        raise unknown()
    response = HttpResponse(chains[rank], content_type=CHAIN_TYPE)
    others = (_place(key, other) for other in range(len(chains)) if other != rank)
    if links := ", ".join(f'<{place}>;rel="alternate"' for place in others):
        response["Link"] = links
    return response


@by_either
def revoke(request: HttpRequest, signed: Signed) -> HttpResponse:
    """Revoke a certificate (RFC 8555 §7.6)."""
    revoking.revoke(signed, signed.content())
    return HttpResponse(status=HTTPStatus.OK)


def _own(asked: Asked, key: UUID) -> AcmeOrder:
    rows = AcmeOrder.objects.select_related("account", "authorization")
    found: AcmeOrder = own(rows.filter(key=key).first(), asked.account)
    return found


def _place(key: UUID, rank: int) -> str:
    return url("certificate-chain", key, rank) if rank else url("certificate", key)


def _shown(row: AcmeOrder, status: int = HTTPStatus.OK) -> HttpResponse:
    response = replies.answer(replies.order(row), status=status, location=url("order", row.key))
    if row.status == OrderStatus.PROCESSING.value:
        response["Retry-After"] = str(POLL_S)
    return response
