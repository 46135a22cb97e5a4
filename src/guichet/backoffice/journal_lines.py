"""The journal as the staff read it: what happened, of what and by whom, in words and links."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.backoffice import navigating, sheets
from guichet.backoffice.event_words import EVENTS
from guichet.identities.actors import Actor
from guichet.journal.queries import JournalEntry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Named:
    """A subject or an author of the journal: its name there, in words, and its page if any."""

    ref: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the journal; `code` is the event as programs write it."""

    seq: int
    at: datetime
    words: str
    code: str
    subject: Named
    author: Named


_WORDS: Final[Mapping[str, "_StrPromise"]] = {
    "account": _("Personne"),
    "authority": _("Autorité %(name)s"),
    "card": _("Carte %(name)s"),
    "certificate": _("Certificat %(name)s"),
    "dossier": _("Dossier %(name)s"),
    "incident": _("Incident %(name)s"),
    "machine": _("Automate"),
    "order": _("Demande %(name)s"),
    "product": _("Produit %(name)s"),
    "signing": _("Demande de signature %(name)s"),
    "structure": _("Structure %(name)s"),
}
_PROCESSES: Final[Mapping[str, "_StrPromise"]] = {
    "clerk": _("Le greffier"),
    "operator": _("L’opérateur"),
    "operator:command-line": _("L’opérateur, en ligne de commande"),
    "operator:personal-data": _("L’opérateur, pour les données personnelles"),
    "publisher": _("Le service de publication"),
    "signer": _("Le signataire"),
}
_PAGES: Final[Mapping[str, Callable[[str], str]]] = {
    "account": lambda key: sheets.address(sheets.PERSON, key),
    "certificate": lambda serial: sheets.address(sheets.CERTIFICATE, serial.replace(":", "")),
    "dossier": lambda number: f"{navigating.HOME}dossiers/{number}/",
    "incident": lambda number: f"{navigating.HOME}incidents/{number}/",
    "machine": lambda key: sheets.address(sheets.MACHINE, key),
    "order": lambda number: sheets.address(sheets.ORDER, number),
    "product": lambda number: sheets.address(sheets.PRODUCT, number),
    "structure": lambda national_id: sheets.address(sheets.STRUCTURE, national_id),
}


def lines(entries: Iterable[JournalEntry], reader: Actor) -> list[Line]:
    """Entries in words, with links to the pages that this person may open."""
    return [
        Line(
            seq=entry.seq,
            at=entry.at,
            words=str(EVENTS.get(entry.event, "")),
            code=entry.event,
            subject=named(entry.subject, reader),
            author=named(entry.actor, reader),
        )
        for entry in entries
    ]


def named(ref: str, reader: Actor) -> Named:
    """What the journal names, in words; as it is written where it has none."""
    kind, _colon, name = ref.partition(":")
    words = _PROCESSES.get(ref) or (_WORDS.get(kind) if name else None)
    page = _PAGES[kind](name) if name and kind in _PAGES else ""
    href = navigating.opened(reader, page) if page else ""
    return Named(ref, str(words) % {"name": name} if words else ref, href)
