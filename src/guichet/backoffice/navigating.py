"""The back office in the header, and its own parts, each for whoever has its duty."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.domain.duties import Duty
from guichet.habilitations.standing import staff_standing
from guichet.identities.actors import Actor
from guichet.web.home import Section
from guichet.web.navigation import Entry, Local

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HOME: Final = "/gestion/"
SEARCH: Final = f"{HOME}recherche/"
TEXTS: Final = f"{HOME}textes/"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the back office, and whether somebody may enter it.

    `within` is the part whose tab it is under, for whoever may enter that one.
    """

    path: str
    label: "_StrPromise"
    admits: Callable[[Actor], bool]
    within: str = ""


def _any(*duties: Duty) -> Callable[[Actor], bool]:
    return lambda actor: any(map(actor.may, duties))


def _has_standing(actor: Actor) -> bool:
    return staff_standing(actor) is not None


PARTS: Final = (
    Part(HOME, gettext_lazy("Tableau de bord"), _any(Duty.SEE_STATE)),
    Part(SEARCH, gettext_lazy("Recherche"), _any(Duty.SEARCH)),
    Part(f"{HOME}demandes/", gettext_lazy("Demandes"), _any(Duty.SEARCH), SEARCH),
    Part(f"{HOME}produits/", gettext_lazy("Produits"), _any(Duty.SEARCH), SEARCH),
    Part(f"{HOME}fiches/", gettext_lazy("Fiches"), _any(Duty.SEARCH), SEARCH),
    Part(f"{HOME}dossiers/", gettext_lazy("Dossiers"), _has_standing),
    Part(f"{HOME}incidents/", gettext_lazy("Incidents"), _any(Duty.HANDLE_INCIDENTS)),
    Part(f"{HOME}signatures/", gettext_lazy("Signatures"), _any(Duty.HANDLE_SIGNATURES)),
    Part(f"{HOME}autorites/", gettext_lazy("Autorités"), _any(Duty.SEE_AUTHORITIES)),
    Part(f"{HOME}profils/", gettext_lazy("Profils"), _any(Duty.SEE_STATE)),
    Part(f"{HOME}statistiques/", gettext_lazy("Statistiques"), _any(Duty.SEE_STATE)),
    Part(f"{HOME}acces/", gettext_lazy("Accès du personnel"), _any(Duty.SEE_ROLES)),
    Part(TEXTS, gettext_lazy("Textes"), _any(Duty.WRITE_TEXTS)),
    Part(f"{TEXTS}acceptations/", gettext_lazy("Acceptations"), _any(Duty.EXPORT), TEXTS),
)


def backoffice_entry(request: HttpRequest) -> tuple[Entry, ...]:
    """One entry, for whoever may see the counter's state."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may(Duty.SEE_STATE):
        return ()
    return (Entry(_("Gestion"), HOME, "settings", 55),)


def may_open(actor: Actor, path: str) -> bool:
    """Whether an address is outside the back office, or in a part that this person may enter."""
    return not path.startswith(HOME) or _part_of(path).admits(actor)


def opened(actor: Actor, href: str) -> str:
    """An address for a link; empty for whoever may not enter there."""
    return href if may_open(actor, href) else ""


def local_entries(request: HttpRequest) -> Local | None:
    """Links between the parts, on every page under /gestion/ and on those that belong there."""
    actor = getattr(request, "actor", None)
    stands = getattr(request, "place", request.path)
    if actor is None or not stands.startswith(HOME):
        return None
    items = _items(actor)
    here = _part_of(stands)
    place = here.within if _is_under(here, actor) else here.path
    return Local(_("Gestion"), items, place) if items else None


def parts_section(request: HttpRequest) -> Section | None:
    """The home page of the staff begins with the parts that are theirs."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may(Duty.SEE_STATE):
        return None
    links = [(label, path) for _key, label, path in _items(actor)]
    return Section("backoffice/home_section.html", {"links": links}, order=11)


def _items(actor: Actor) -> tuple[tuple[str, str, str], ...]:
    """The parts that somebody may enter, but those under another's tab."""
    parts = [part for part in PARTS if part.admits(actor) and not _is_under(part, actor)]
    return tuple((part.path, str(part.label), part.path) for part in parts)


def _is_under(part: Part, actor: Actor) -> bool:
    """Whether another tab leads this person to it."""
    return bool(part.within) and _part_of(part.within).admits(actor)


def _part_of(path: str) -> Part:
    return max((part for part in PARTS if path.startswith(part.path)), key=lambda p: len(p.path))
