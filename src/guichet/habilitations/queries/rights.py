"""Who may do what, and for which structures."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import BigAutoField, CharField, DateTimeField, Q, QuerySet

from guichet.database.prepared import Given, Prepared
from guichet.domain import habilitations, machines
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.habilitations.models import Representation, Right, Structure
from guichet.habilitations.structures import StructureFacts
from guichet.identities.actors import Actor
from guichet.web.once import once_a_page

# Where the fields of `_Read` are.
_READ: Final = (
    *("key", "card_number", "structure__national_id", "offer", "usages", "domains"),
    *("mail_domains", "servers", "starts_at", "ends_at", "delegation__editor_name"),
)


class _Read(NamedTuple):
    """What is read of a row, and of what it refers to."""

    key: UUID
    card_number: str
    structure_id: str
    offer: str
    usages: list[str]
    domains: list[str]
    mail_domains: list[str]
    servers: list[str]
    starts_at: datetime
    ends_at: datetime | None
    editor_name: str | None


@once_a_page
def rights_of(card_number: str | None, at: datetime) -> tuple[habilitations.Right, ...]:
    """Rights of a card that are open at this instant; none for no card."""
    if not card_number:
        return ()
    return tuple(_right(_Read._make(row)) for row in _OF_A_CARD.rows(card_number, at))


def rights_in_hand(actor: Actor, at: datetime) -> tuple[habilitations.Right, ...]:
    """Rights that somebody acts under: the card's, or what a machine account may use of those of
    its structure (or of the delegation it was made under), whoever holds them today."""
    scope = actor.machine
    if scope is None:
        return rights_of(actor.card_number, at)
    held = _held(
        _open(at), structure__national_id=scope.structure_id, delegation_id=scope.delegation
    )
    return machines.narrowed(tuple(_right(_Read._make(row)) for row in held), scope)


def delegation_of(right_key: str) -> int | None:
    """The delegation that a right comes from; None for the structure's own."""
    return Right.objects.values_list("delegation_id", flat=True).get(key=right_key)


def delegations_of(right_keys: Collection[str]) -> Mapping[str, int | None]:
    """As `delegation_of`, for several rights at once."""
    rows = Right.objects.filter(key__in=right_keys).values_list("key", "delegation_id")
    return {str(key): delegation for key, delegation in rows}


def _open(at: datetime | Given) -> Q:
    return Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at)) & Q(suspended_at=None)


def _held(*conditions: Q, **fields: Any) -> "QuerySet[Right, tuple[Any, ...]]":
    rows = Right.objects.filter(*conditions, **fields)
    rows = rows.order_by("structure__legal_name", "offer", "pk")
    # Every page asks: whole rows of the three tables take half as long again.
    return rows.values_list(*_READ)


_OF_A_CARD: Final = Prepared(
    lambda: _held(_open(Given(1, DateTimeField())), card_number=Given(0, CharField()))
)
_REPRESENTED: Final = Prepared(
    lambda: Representation.objects.filter(account_id=Given(0, BigAutoField())).values_list(
        "structure__national_id"
    )
)


def structure(national_id: str) -> StructureFacts:
    """One structure. Raises Refusal(STRUCTURE_UNKNOWN)."""
    row = Structure.objects.filter(national_id=national_id).first()
    if row is None:
        raise Refusal(Code.STRUCTURE_UNKNOWN, structure=national_id[:20])
    return facts_of(row)


def structures(national_ids: Iterable[str]) -> Mapping[str, StructureFacts]:
    """Structures by national identifier; unknown ones are absent."""
    rows = Structure.objects.filter(national_id__in=set(national_ids))
    return {row.national_id: facts_of(row) for row in rows}


@once_a_page
def represented_by(account_id: int | None) -> frozenset[str]:
    """National identifiers of the structures an account represents."""
    if account_id is None:
        return frozenset()
    return frozenset(national_id for (national_id,) in _REPRESENTED.rows(account_id))


def search(
    *, among: Collection[str], national_id: str = "", name: str = "", limit: int = 20
) -> tuple[tuple[StructureFacts, ...], int]:
    """Structures among those given whose identifier or name holds the text: (first ones, how many).

    Case and accents of the name do not count, spaces in the identifier neither.
    """
    rows = Structure.objects.filter(national_id__in=set(among))
    if identifier := "".join(national_id.split()).upper():
        rows = rows.filter(national_id__contains=identifier)
    for word in folded(name).split():
        rows = rows.filter(search_name__contains=word)
    found = rows.order_by("legal_name", "national_id")
    return tuple(facts_of(row) for row in found[:limit]), found.count()


def _right(row: _Read) -> habilitations.Right:
    return habilitations.Right(
        id=str(row.key),
        card_number=row.card_number,
        structure_id=row.structure_id,
        offer=Offer(row.offer),
        usages=frozenset(Usage(usage) for usage in row.usages),
        domains=tuple(row.domains),
        mail_domains=tuple(row.mail_domains),
        servers=tuple(row.servers),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        editor=row.editor_name or "",
    )


def facts_of(row: Structure) -> StructureFacts:
    """What other apps are told of a stored structure."""
    return StructureFacts(
        national_id=row.national_id,
        legal_name=row.legal_name,
        siret=row.siret,
        finess=row.finess,
        department_name=row.department_name,
        department_number=row.department_number,
        naf_code=row.naf_code,
        naf_label=row.naf_label,
        address=row.address,
    )
