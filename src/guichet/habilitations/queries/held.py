"""What a structure already has, told before more is asked to those who see it already.

Its certificates are known by the app that orders them: it registers a provider.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from guichet.habilitations.models import Right, Structure
from guichet.habilitations.periods import last_day
from guichet.habilitations.queries.rights import represented_by
from guichet.identities.actors import Actor


@dataclass(frozen=True, slots=True)
class Held:
    """A right that a structure already has; `last_day` is None for one without an end."""

    card_number: str
    offer: str
    structure: str
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCertificate:
    """A certificate in service: "ORG/AUTH_CLI", whom it designates, its page."""

    profile: str
    beneficiary: str
    until: datetime
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCertificates:
    """How many certificates are in service, the first to end of them, and where all are."""

    count: int
    first: tuple[LiveCertificate, ...]
    address: str


Provider = Callable[[frozenset[str], datetime], LiveCertificates]
_PROVIDERS: Final[list[Provider]] = []


def register(provider: Provider) -> None:
    """Set who knows the certificates in service of structures, by national identifiers."""
    _PROVIDERS[:] = [provider]


def rights_of_structure(siret: str, who: Actor, at: datetime) -> tuple[Held, ...]:
    """Open rights of the structures of a SIRET that this person represents, or holds."""
    mine = Q(structure__national_id__in=represented_by(who.account_id))
    if who.card_number:
        mine |= Q(card_number=who.card_number)
    rows = Right.objects.filter(mine, _open(at), structure__siret=siret)
    return tuple(
        Held(row.card_number, row.offer, row.structure.legal_name, last_day(row.ends_at))
        for row in rows.select_related("structure").order_by("card_number", "offer")[:50]
    )


def certificates_of_structure(siret: str, who: Actor, at: datetime) -> LiveCertificates | None:
    """Those in service of the structures of a SIRET; None where there are none to be told.

    Told to its representatives and to the cards that hold a right for it, as in the inventory.
    """
    seen = structures_seen(siret, who, at)
    if not seen or not _PROVIDERS:
        return None
    found = _PROVIDERS[0](seen, at)
    return found if found.count else None


def structures_seen(siret: str, who: Actor, at: datetime) -> frozenset[str]:
    """The structures of a SIRET that somebody represents, or whose open rights the card holds."""
    rows = Structure.objects.filter(siret=siret).exclude(siret="")
    mine = Q(national_id__in=represented_by(who.account_id))
    if who.card_number:
        held = Right.objects.filter(_open(at), card_number=who.card_number)
        mine |= Q(pk__in=held.values("structure"))
    return frozenset(rows.filter(mine).values_list("national_id", flat=True))


def _open(at: datetime) -> Q:
    return Q(starts_at__lte=at, suspended_at=None) & (Q(ends_at=None) | Q(ends_at__gt=at))
