"""When ceremonies of an authority fall due, and those that were held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from guichet.authority.overseen import AuthoritySheet
from guichet.backoffice.authority_words import EVENTS
from guichet.domain.catalogue import generations, profiles
from guichet.domain.catalogue.authorities import resolve
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.plan import validity_end
from guichet.domain.refusals import Refusal
from guichet.journal import queries as journal


@dataclass(frozen=True, slots=True)
class Held:
    """A ceremony, or another act of an authority's life, as the journal tells it."""

    at: datetime
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Due:
    """A ceremony to come: by when, and what for."""

    by: datetime
    words: str


def held(code: str) -> tuple[Held, ...]:
    """What happened to the authority, the last first; its lists are told apart."""
    entries = journal.entries_of(f"authority:{code}", frozenset(EVENTS))
    return tuple(Held(e.at, str(EVENTS[e.event]), e.actor) for e in reversed(entries))


def due(found: AuthoritySheet) -> Iterator[Due]:
    """The ceremonies that its dates call for."""
    ends = found.description.not_after
    if found.state is AuthorityState.ACTIVE and Work.CERTIFICATES in found.works:
        longest = _longest(found.code, found.description.not_before)
        yield Due(
            ends - longest if longest else ends,
            _("Faire la génération suivante, pour que les certificats émis ne soient pas écourtés"),
        )
    if found.state is AuthorityState.OFFLINE:
        lists = [one.next_update for one in found.lists]
        if lists:
            yield Due(min(lists), _("Installer la prochaine liste de la racine hors ligne"))
    if found.state is not AuthorityState.DESTROYED:
        yield Due(ends, _("Fin du certificat de l’autorité : sa clé pourra être détruite"))


def _longest(code: str, begins: datetime) -> timedelta | None:
    """The longest validity that the authority gives; None when no profile names it."""
    series = generations.series_of(code)
    spans = [
        validity_end(profile, begins) - begins
        for profile in profiles.every()
        if profile.orderable and series in _resolved(profile.authorities)
    ]
    return max(spans, default=None)


def _resolved(shorts: tuple[str, ...]) -> Iterator[str]:
    for short in shorts:
        try:
            yield resolve(short)
        except Refusal:
            continue
