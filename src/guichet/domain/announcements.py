"""Announcements: what is told to whom, above which pages, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from guichet.domain.refusals import Code, Refusal


class Level(StrEnum):
    """How much it matters; an incident interrupts who listens to the page."""

    INFORMATION = "information"
    MAINTENANCE = "maintenance"
    INCIDENT = "incident"


class Audience(StrEnum):
    """Whom it is for."""

    EVERYBODY = "everybody"
    LOGGED_IN = "logged-in"
    ADMINISTRATORS = "administrators"
    STAFF = "staff"


class Scope(StrEnum):
    """Above which pages; `API` puts it in a header of the answers to programs."""

    ALL = "all"
    HABILITATIONS = "habilitations"
    PRODUCTS = "products"
    API = "api"


_PLACES: Final = {
    Scope.ALL: ("/",),
    Scope.HABILITATIONS: ("/habilitations/", "/gestion/dossiers/"),
    Scope.PRODUCTS: ("/produits/", "/associations/", "/automates/"),
    Scope.API: ("/api/", "/acme/"),
}
PROGRAMS: Final = _PLACES[Scope.API]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One announcement in both languages. `ends_at` None: until it is withdrawn.

    `revision` grows with each change: who closed the one before sees it again.
    """

    number: int
    revision: int
    level: Level
    audience: Audience
    scope: Scope
    title_fr: str
    title_en: str
    text_fr: str
    text_en: str
    starts_at: datetime
    ends_at: datetime | None
    withdrawn_at: datetime | None
    author: str
    written_at: datetime

    @property
    def key(self) -> str:
        """How somebody who closed it remembers."""
        return f"{self.number}.{self.revision}"

    def is_shown(self, at: datetime) -> bool:
        """Whether its time is now."""
        is_over = self.ends_at is not None and self.ends_at <= at
        return self.starts_at <= at and not is_over and self.withdrawn_at is None

    def concerns(self, audiences: Iterable[Audience], path: str) -> bool:
        """Whether it is for somebody of these audiences, on this page."""
        return self.audience in audiences and path.startswith(_PLACES[self.scope])

    def title(self, language: str) -> str:
        """Its title in a language; French when there is no other."""
        return self.title_en if language.startswith("en") else self.title_fr

    def text(self, language: str) -> str:
        """Its text in a language."""
        return self.text_en if language.startswith("en") else self.text_fr


def require_times(starts_at: datetime, ends_at: datetime | None, at: datetime) -> None:
    """Raise Refusal: DATES_REVERSED, DATE_PAST when it would never be shown."""
    if ends_at is not None and ends_at <= starts_at:
        raise Refusal(Code.DATES_REVERSED, field="ends_at")
    if ends_at is not None and ends_at <= at:
        raise Refusal(Code.DATE_PAST, field="ends_at")
