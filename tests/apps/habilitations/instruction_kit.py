"""Instruction as tests do it: through the pages, or by the operations where it is scenery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.dossiers import Person
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.domain.dossier.typed import ADMINISTRATORS
from guichet.habilitations.operations import deciding, instructing
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.operations.instructing import CorrectionReason
from guichet.habilitations.operations.stamps import stamp_of
from guichet.identities.actors import Actor
from guichet.journal import queries as journal

LIST = "/gestion/dossiers/"
# A domain that the structure was never granted: SERV needs two people.
NEW_DOMAIN = {"types.serv_ssl": "on", "types.ssl_domain": "nouveau.fr"}


def at(number: int, page: str = "") -> str:
    """The address of a page of a dossier."""
    return f"{LIST}{number}/{page}"


def stamp(number: int) -> str:
    """What a page read now would hold."""
    return stamp_of(dossiers.row(number))


def act(who: Person, number: int, page: str, lu: str | None = None, **data: Any) -> HttpResponse:
    """Send a form of a dossier, as read now unless told."""
    return who.post(at(number, page), {"lu": stamp(number) if lu is None else lu, **data})


def rows(number: int) -> list[str]:
    """The administrators of the form, in order."""
    return list(dossiers.typed(number).ids(ADMINISTRATORS))


def take(number: int, by: Actor, when: datetime | None = None) -> int:
    """Begin instruction."""
    instructing.take(number=number, by=by, at=when or timezone.now())
    return number


def decide(number: int, by: Actor, kind: str = "accept", when: datetime | None = None) -> bool:
    """Decide on the whole of a dossier."""
    typed = dossiers.typed(number)
    kinds = frozenset(k for k in CertificateType if typed.has(f"types.{k.value}"))
    whole = kind == "accept"
    choice = Choice(
        act=DossierAct(kind),
        reason="" if whole else "Un motif.",
        rows=frozenset(rows(number)) if whole else frozenset(),
        types=kinds if whole else frozenset(),
    )
    return deciding.decide(number=number, choice=choice, by=by, at=when or timezone.now())


def ask(number: int, by: Actor, path: str = "use.solution", when: datetime | None = None) -> None:
    """Ask for a correction of one field."""
    instructing.ask_correction(
        number=number,
        reason=CorrectionReason.INCOMPLETE,
        comments={path: "Quelle version ?"},
        body="",
        by=by,
        at=when or timezone.now(),
    )


def told(number: int) -> list[str]:
    """The events of a dossier, readings left out."""
    entries = journal.entries_about(f"dossier:{number}")
    return [entry.event for entry in entries if entry.event != "dossier-read"]


def text_of(answer: HttpResponse) -> str:
    """The page as text, typographic spaces made plain."""
    page = (
        answer.content.decode().replace("<wbr>", "").replace("\u202f", " ").replace("&#x27;", "'")
    )
    return page.replace("\u00a0", " ")
