"""Dossiers and structures as those who work at the counter oversee them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Min, Q

from guichet.domain.dossier.states import DossierState
from guichet.domain.identifiers import StructureIdKind
from guichet.habilitations.models import Dossier, Structure
from guichet.habilitations.queries.instruction import dossiers, text_condition
from guichet.habilitations.queries.rights import facts_of
from guichet.habilitations.structures import StructureFacts
from guichet.identities.actors import Actor

FOUND_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Deposited dossiers that nobody follows, and those in instruction, with the oldest deposit."""

    unfollowed: int
    unfollowed_since: datetime | None
    instructed: int
    instructed_since: datetime | None


def desk() -> Desk:
    """What waits at the instructors' desk: one query."""
    kept = Q(archived_at=None, trashed_at=None)
    filed = kept & Q(state=DossierState.FILED.value, assignee_id=None)
    taken = kept & Q(state=DossierState.IN_INSTRUCTION.value)
    waiting = (DossierState.FILED.value, DossierState.IN_INSTRUCTION.value)
    return Desk(
        **Dossier.objects.filter(state__in=waiting).aggregate(
            unfollowed=Count("pk", filter=filed),
            unfollowed_since=Min("filed_at", filter=filed),
            instructed=Count("pk", filter=taken),
            instructed_since=Min("filed_at", filter=taken),
        )
    )


def has_dossier(number: int, who: Actor) -> bool:
    """Whether there is a dossier of this number that somebody may see as staff."""
    return dossiers(who).filter(number=number).exists()


def dossiers_found(text: str, who: Actor) -> tuple[tuple[int, str, str], ...]:
    """Dossiers that hold the words: number, name of the structure, SIRET; the last ones first."""
    rows = dossiers(who).filter(text_condition(text)).order_by("-active_at")
    found = rows.values_list("number", "company__legal_name", "siret")[:FOUND_AT_MOST]
    return tuple((number, name or "", siret) for number, name, siret in found)


def structures_named(identifier: str) -> tuple[StructureFacts, ...]:
    """Structures of this national identifier, or of the FINESS, SIREN, SIRET in it."""
    known = identifier.upper()
    names = {f"{kind.value}{known}" for kind in StructureIdKind} if known else set()
    rows = Structure.objects.filter(national_id__in=names).order_by("national_id")
    return tuple(map(facts_of, rows[:FOUND_AT_MOST]))


def structures_found(words: Sequence[str]) -> tuple[StructureFacts, ...]:
    """Structures whose name holds every word, folded; by name."""
    rows = Structure.objects.all()
    for word in words:
        rows = rows.filter(search_name__contains=word)
    return tuple(map(facts_of, rows.order_by("legal_name", "pk")[:FOUND_AT_MOST]))
