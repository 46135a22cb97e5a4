"""From an accepted dossier to rights: opened, merged with those held, suspended, closed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q

from guichet.domain.catalogue.offers import Usage
from guichet.domain.dossier.declaration import CertificateType, Declaration
from guichet.domain.dossier.grants import Grant, grants
from guichet.habilitations import mails, registers
from guichet.habilitations.locks import rights_to_change
from guichet.habilitations.models import Decision, Dossier, Right
from guichet.habilitations.operations import admitting, rights
from guichet.habilitations.operations.rights import RightAsked


def grant_all(
    *, row: Dossier, decision: Decision, declared: Declaration, by: str, at: datetime
) -> None:
    """Register the structure, name its representative, open every right, tell everybody."""
    facts = registers.structure_facts(declared, row.company)
    structure_id = rights.register_structure(facts=facts, by=by, at=at)
    rights.appoint_representative(account_id=row.owner_id, structure_id=structure_id, by=by, at=at)
    cards = [who.card_number.value for who in declared.administrators]
    opened = grants(
        declared,
        rows=set(decision.rows),
        types={CertificateType(kind) for kind in decision.types},
        card_ends=registers.card_ends(cards),
    )
    close_all(number=row.number, by=by, at=at, keep=opened)
    for grant in opened:
        _grant(grant, structure_id, mails.about(row.number), by, at)
    for who in declared.administrators:
        own = [grant for grant in opened if grant.row == who.row]
        if own:
            number, email = who.card_number.value, who.email.value
            admitting.admit(card_number=number, name=who.name, email=email, by=by, at=at)
            context = {
                "name": who.name,
                "card_number": who.card_number.value,
                "offers": [grant.offer.value for grant in own],
                "last_day": _last_day(own[0]),
            }
            key = f"{decision.code}:{who.row}"
            mails.tell(row, [who.email.value], "habilitated", key, at, context)


def suspend_all(*, number: int, because: str, by: str, at: datetime) -> None:
    """Suspend the open rights that a dossier gave."""
    for right in _open_of(number, at):
        rights.suspend_right(key=str(right.key), because=because, by=by, at=at, by_staff=True)


def close_all(*, number: int, by: str, at: datetime, keep: Sequence[Grant] = ()) -> None:
    """Close the open rights that a dossier gave before, but those that are granted again."""
    again = {(grant.card_number, grant.offer.value) for grant in keep}
    for right in _open_of(number, at):
        if (right.card_number, right.offer) not in again:
            rights.close_row(right, by=by, at=at)


def _grant(grant: Grant, structure_id: str, origin: str, by: str, at: datetime) -> None:
    """Open one right; what the card already held for this offer is kept, in the same right.

    What it held by delegation is not: that ends with the delegation.
    """
    held = (
        rights_to_change()
        .filter(
            _open(at),
            card_number=grant.card_number,
            structure__national_id=structure_id,
            offer=grant.offer.value,
        )
        .first()
    )
    is_own = held is not None and held.origin != origin and held.delegation_id is None
    kept = held if is_own else None
    if held is not None:
        rights.close_row(held, by=by, at=at)
    rights.grant_right(
        asked=RightAsked(
            card_number=grant.card_number,
            structure_id=structure_id,
            offer=grant.offer,
            usages=grant.usages | frozenset(map(Usage, kept.usages if kept else ())),
            domains=_union(grant.domains, kept.domains if kept else ()),
            servers=_union(grant.servers, kept.servers if kept else ()),
            mail_domains=_union(grant.mail_domains, kept.mail_domains if kept else ()),
            origin=origin,
            starts_at=at,
            ends_at=grant.ends_at,
        ),
        by=by,
        at=at,
    )


def _last_day(grant: Grant) -> date | None:
    """The last day of a card, whose grants end at the first instant after it (UTC)."""
    return (grant.ends_at - timedelta(days=1)).date() if grant.ends_at else None


def _union(new: Sequence[str], held: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*new, *held)))


def _open(at: datetime) -> Q:
    return Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))


def has_open_rights(number: int, at: datetime) -> bool:
    """Whether anything that a dossier gave is still open."""
    return Right.objects.filter(_open(at), pk__in=_given_by(number)).exists()


def _open_of(number: int, at: datetime) -> list[Right]:
    return list(rights_to_change().filter(_open(at), pk__in=_given_by(number)))


def _given_by(number: int) -> set[int]:
    """The rights that a dossier gave, also where they were carried over to a new card."""
    given = set(Right.objects.filter(origin=mails.about(number)).values_list("pk", flat=True))
    heirs = set(given)
    while heirs:
        found = Right.objects.filter(right__in=heirs).values_list("pk", flat=True)
        heirs = set(found) - given
        given |= heirs
    return given
