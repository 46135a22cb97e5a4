"""Certificates as ACME hands them over, and the products that they are."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from guichet.authority import authority_facts
from guichet.authority.queries import IssuedCertificate
from guichet.identities.actors import Actor
from guichet.orders import queries as orders
from guichet.orders.summaries import ProductSummary
from guichet.x509 import bundles, certificate


def product_of(issued: IssuedCertificate, actor: Actor, at: datetime) -> ProductSummary:
    """The product that a certificate is. Raises Refusal(PRODUCT_UNKNOWN)."""
    return orders.product(orders.number_of(issued.serial_hex), actor, at)


def chains(issued: IssuedCertificate) -> tuple[str, ...]:
    """A certificate and its issuers, PEM, without the root: the usual chain, then the others.

    There is another one for each certificate by which a second issuer vouches for an authority of
    the chain.
    """
    ways = [issued.chain_ders, *_others(issued)]
    return tuple(bundles.pem_chain((issued.der, *_without_root(way))) for way in ways)


def _others(issued: IssuedCertificate) -> Iterator[tuple[bytes, ...]]:
    crossings = authority_facts.crossings()
    if not crossings:
        return
    known = {one.code: one for one in authority_facts.authorities()}
    for crossing in crossings:
        crossed = known[crossing.code].certificate_der
        if crossed in issued.chain_ders:
            below = issued.chain_ders[: issued.chain_ders.index(crossed)]
            yield (*below, crossing.certificate_der, *_above(crossing.issuer, known))


def _above(code: str | None, known: Mapping[str, authority_facts.Authority]) -> Iterator[bytes]:
    while code is not None:
        yield known[code].certificate_der
        code = known[code].parent


def _without_root(chain: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(
        der for der in chain if certificate.subject_der(der) != certificate.issuer_der(der)
    )
