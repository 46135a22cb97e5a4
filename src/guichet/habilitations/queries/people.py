"""The people around a structure's rights: who holds a card, who represents, whom to write to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from guichet.domain.dossier.typed import ADMINISTRATORS, Typed
from guichet.habilitations import registers
from guichet.habilitations.models import EditorStaff, Representation, Revision, Right, Structure
from guichet.identities import holders as identities
from guichet.identities.actors import Actor

DOSSIER = "dossier:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody by name; `emails` is empty where nobody told an address."""

    name: str
    emails: tuple[str, ...] = ()
    language: str = "fr"


UNKNOWN = Person(name="")


def own_cards(who: Actor) -> frozenset[str]:
    """The numbers of somebody's cards, whichever of their accounts holds them.

    Also of who logged in without a card, or with another one.
    """
    held = {card.number for one in who.accounts for card in identities.cards_of(one)}
    return frozenset(held | ({who.card_number} if who.card_number else set()))


def representatives_of(structure: Structure) -> tuple[Person, ...]:
    """Who represents a structure."""
    return _people_of(Representation.objects.filter(structure=structure))


def representatives_at(siret: str) -> tuple[Person, ...]:
    """Who represents any structure of an establishment, each person once."""
    return _people_of(Representation.objects.filter(structure__siret=siret))


def holders_of(rows: Iterable[Right]) -> Mapping[str, Person]:
    """The holders of the cards of these rights, by card number.

    Accounts tell who they are; a card that never logged in is who its dossier, its editor or,
    last, the register says.
    """
    rights = list(rows)
    numbers = {row.card_number for row in rights}
    known = {number: _person(who) for number, who in identities.holders(numbers).items()}
    declared = {**_declared_by_editors(numbers), **_declared_in_dossiers(rights)}
    missing = numbers - known.keys() - declared.keys()
    registered = {number: _registered(number) for number in missing}
    merged = {**registered, **declared}
    return {number: _joined(known.get(number), merged.get(number)) for number in sorted(numbers)}


def dossier_of(origin: str) -> int | None:
    """The number of the dossier that an origin names."""
    number = origin.removeprefix(DOSSIER)
    return int(number) if origin.startswith(DOSSIER) and number.isdecimal() else None


def _people_of(rows: QuerySet[Representation]) -> tuple[Person, ...]:
    return tuple(map(_person, identities.contacts(rows.values_list("account_id", flat=True))))


def _person(found: identities.Contact) -> Person:
    emails = (found.email,) if found.email else ()
    return Person(name=found.name, emails=emails, language=found.language)


def _declared_in_dossiers(rights: Iterable[Right]) -> dict[str, Person]:
    numbers = {number for row in rights if (number := dossier_of(row.origin)) is not None}
    revisions = Revision.objects.filter(dossier__number__in=numbers).order_by("n")
    found: dict[str, Person] = {}
    for content, language in revisions.values_list("content", "dossier__language"):
        found |= _administrators(content, language)
    return found


def _administrators(content: Mapping[str, Any], language: str) -> Iterable[tuple[str, Person]]:
    typed = Typed.from_json(content)
    for row in typed.ids(ADMINISTRATORS):
        number = "".join(typed.get(f"{ADMINISTRATORS}.{row}.card_number").split())
        email = typed.get(f"{ADMINISTRATORS}.{row}.email").strip()
        name = typed.get(f"{ADMINISTRATORS}.{row}.name")
        yield number, Person(name=name, emails=(email,) if email else (), language=language)


def _declared_by_editors(numbers: Iterable[str]) -> dict[str, Person]:
    rows = EditorStaff.objects.filter(card_number__in=numbers).order_by("pk")
    return {row.card_number: Person(name=row.name, emails=(row.email,)) for row in rows}


def _registered(number: str) -> Person:
    found = registers.card_of(number)
    return Person(name=f"{found.given_names} {found.surname}") if found else UNKNOWN


def _joined(account: Person | None, declared: Person | None) -> Person:
    """The account's name and language; both addresses, since either may be the one read."""
    first, second = account or declared or UNKNOWN, declared or UNKNOWN
    emails = tuple(dict.fromkeys((*first.emails, *second.emails)))
    return Person(name=first.name or second.name, emails=emails, language=first.language)
