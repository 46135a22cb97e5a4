"""The rights that an accepted declaration opens: card x structure x offer, ending with the card."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.dossier.declaration import CertificateType, Declaration, TypeAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One right to open; `ends_at` is the first instant after the card's last day."""

    row: str
    card_number: str
    offer: Offer
    usages: frozenset[Usage]
    domains: tuple[str, ...]
    servers: tuple[str, ...]
    mail_domains: tuple[str, ...]
    ends_at: datetime | None


def grants(
    declared: Declaration,
    *,
    rows: Collection[str],
    types: Collection[CertificateType],
    card_ends: Mapping[str, datetime | None],
) -> tuple[Grant, ...]:
    """One grant for each accepted administrator and offer; SSL and mail types of SERV are one.

    `card_ends` gives the end of each card by number, None for an end nobody knows.
    """
    asked = [found for found in declared.types if found.type in types]
    offers = tuple(dict.fromkeys(found.offer for found in asked))
    return tuple(
        _grant(who.row, who.card_number.value, offer, asked, card_ends)
        for who in declared.administrators
        if who.row in rows
        for offer in offers
    )


def _grant(
    row: str,
    card: str,
    offer: Offer,
    asked: list[TypeAsked],
    card_ends: Mapping[str, datetime | None],
) -> Grant:
    same = [found for found in asked if found.offer is offer]
    return Grant(
        row=row,
        card_number=card,
        offer=offer,
        usages=frozenset(usage for found in same for usage in found.usages),
        domains=tuple(found.domain.value for found in same if found.domain),
        servers=tuple(found.server.value for found in same if found.server),
        mail_domains=tuple(found.mail_domain.value for found in same if found.mail_domain),
        ends_at=card_ends.get(card),
    )
