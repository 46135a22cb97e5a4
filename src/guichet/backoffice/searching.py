"""One field that finds everything: exact identifiers at once, words in what each may see.

No table of a million rows is read whole: identifiers by their indexes, words by the trigrams of
orders and products (ADR 0012), and few rows are told of each kind.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from guichet.authority import overseen as authority
from guichet.backoffice.sheets import (
    CERTIFICATE,
    JOURNAL,
    MACHINE,
    ORDER,
    PERSON,
    PRODUCT,
    STRUCTURE,
    address,
)
from guichet.domain.certificates import fingerprints
from guichet.domain.duties import Duty
from guichet.domain.texts import folded
from guichet.habilitations.queries import overseen as habilitations
from guichet.habilitations.standing import staff_standing
from guichet.habilitations.structures import StructureFacts
from guichet.identities import overseen as people
from guichet.identities.actors import Actor
from guichet.identities.machines import MachineFacts
from guichet.identities.overseen import Person
from guichet.orders import overseen as orders

TEXT_AT_MOST: Final = 200
NUMBER: Final = re.compile(r"\d{1,12}", re.ASCII)
NUMBERED: Final = re.compile(r"[0-9A-F]{16,40}", re.ASCII | re.IGNORECASE)
SUBJECT: Final = re.compile(r"[a-z][a-z-]*:\S{1,190}", re.ASCII)
TELLING: Final = 3
WILD: Final = frozenset("%_")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is called, what tells it from others, where it is."""

    title: str
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    title: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds: what it names, and by kind what holds its words.

    `people` tells that people were looked up, which is journalled.
    """

    named: tuple[Hit, ...] = ()
    groups: tuple[Group, ...] = ()
    people: bool = False


Finder = Callable[[tuple[str, ...], Actor, datetime], Iterable[Hit]]


def find(text: str, who: Actor, at: datetime) -> Found:
    """Everything that this person may find by a text."""
    asked = "".join(filter(str.isprintable, text)).strip()[:TEXT_AT_MOST]
    if not asked:
        return Found()
    named = tuple(_named("".join(asked.split()), who))
    words = tuple(folded(asked).split())
    groups = tuple(_grouped(words, who, at)) if _is_telling(words) else ()
    return Found(named, groups, people=who.may(Duty.SEE_PEOPLE))


def _is_telling(words: Iterable[str]) -> bool:
    """Whether an index is of use: one word at least has trigrams."""
    return any(len(word) >= TELLING and not WILD & set(word) for word in words)


def _named(text: str, who: Actor) -> Iterator[Hit]:
    """Whatever has this very identifier."""
    if NUMBER.fullmatch(text):
        yield from _numbered(int(text), who)
    yield from map(_structure_hit, habilitations.structures_named(text))
    yield from _certificates(text)
    if who.may(Duty.SEE_PEOPLE):
        yield from map(_person_hit, people.people_named(text))
        yield from _of_uuid(text)
    if who.may(Duty.SEE_JOURNAL) and SUBJECT.fullmatch(text):
        yield Hit(text, _("Entrées du journal à ce sujet"), address(JOURNAL, text))


def _numbered(number: int, who: Actor) -> Iterator[Hit]:
    if orders.has_order(number):
        yield Hit(_("Demande %(n)d") % {"n": number}, "", address(ORDER, number))
    if orders.has_product(number):
        yield Hit(_("Produit %(n)d") % {"n": number}, "", address(PRODUCT, number))
    if staff_standing(who) is not None and habilitations.has_dossier(number, who):
        yield Hit(_("Dossier %(n)d") % {"n": number}, "", f"/gestion/dossiers/{number}/")
    if who.may(Duty.HANDLE_INCIDENTS) and orders.has_incident(number):
        yield Hit(_("Incident %(n)d") % {"n": number}, "", f"/gestion/incidents/{number}/")


def _certificates(text: str) -> Iterator[Hit]:
    """By their number, their fingerprint or that of their key: 40 digits may be one or another."""
    bare = text.replace(":", "")
    serials = [bare] if NUMBERED.fullmatch(bare) and authority.is_serial(bare) else []
    if asked := fingerprints.read(text):
        serials += authority.serials_of_fingerprint(asked)
    for serial in serials:
        bare = serial.replace(":", "").upper()
        yield Hit(_("Certificat %(serial)s") % {"serial": serial}, "", address(CERTIFICATE, bare))


def _of_uuid(text: str) -> Iterator[Hit]:
    try:
        key = UUID(text.rpartition(":")[2])
    except ValueError:
        return
    yield from map(_person_hit, people.people_of_id(key))
    yield from map(_machine_hit, people.machines_of_key(key))


def _grouped(words: tuple[str, ...], who: Actor, at: datetime) -> Iterator[Group]:
    for title, duty, finder in FINDERS:
        if duty is None or who.may(duty):
            hits = tuple(finder(words, who, at))
            if hits:
                yield Group(title(), hits)


def _products(words: tuple[str, ...], _who: Actor, at: datetime) -> Iterator[Hit]:
    for found in orders.products_found(words, at):
        order = found.order
        detail = f"{order.profile} · {order.structure_name} · {found.not_after:%d/%m/%Y}"
        title = f"{found.number} · {order.beneficiary}"
        yield Hit(title, detail, address(PRODUCT, found.number))


def _orders(words: tuple[str, ...], _who: Actor, _at: datetime) -> Iterator[Hit]:
    for found in orders.orders_found(words):
        detail = f"{found.profile} · {found.structure_name} · {found.placed_at:%d/%m/%Y}"
        yield Hit(f"{found.number} · {found.beneficiary}", detail, address(ORDER, found.number))


def _structures(words: tuple[str, ...], _who: Actor, _at: datetime) -> Iterator[Hit]:
    return map(_structure_hit, habilitations.structures_found(words))


def _dossiers(words: tuple[str, ...], who: Actor, _at: datetime) -> Iterator[Hit]:
    if staff_standing(who) is None:
        return
    for number, name, siret in habilitations.dossiers_found(" ".join(words), who):
        yield Hit(f"{number} · {name}", siret, f"/gestion/dossiers/{number}/")


def _people(words: tuple[str, ...], _who: Actor, _at: datetime) -> Iterator[Hit]:
    return map(_person_hit, people.people_found(words))


def _machines(words: tuple[str, ...], _who: Actor, _at: datetime) -> Iterator[Hit]:
    return map(_machine_hit, people.machines_found(words))


def _incidents(words: tuple[str, ...], _who: Actor, _at: datetime) -> Iterator[Hit]:
    for number, title in orders.incidents_found(words):
        yield Hit(title, _("Incident %(n)d") % {"n": number}, f"/gestion/incidents/{number}/")


FINDERS: Final[tuple[tuple[Callable[[], str], Duty | None, Finder], ...]] = (
    (lambda: _("Structures"), None, _structures),
    (lambda: _("Dossiers"), None, _dossiers),
    (lambda: _("Produits"), None, _products),
    (lambda: _("Demandes"), None, _orders),
    (lambda: _("Personnes"), Duty.SEE_PEOPLE, _people),
    (lambda: _("Automates"), Duty.SEE_PEOPLE, _machines),
    (lambda: _("Incidents"), Duty.HANDLE_INCIDENTS, _incidents),
)


def _structure_hit(found: StructureFacts) -> Hit:
    return Hit(found.legal_name, found.national_id, address(STRUCTURE, found.national_id))


def _person_hit(found: Person) -> Hit:
    cards = ", ".join(card.number for card in found.cards)
    return Hit(found.display_name, cards or found.email, address(PERSON, found.public_id))


def _machine_hit(found: MachineFacts) -> Hit:
    return Hit(found.name, found.scope.structure_id, address(MACHINE, found.key))
