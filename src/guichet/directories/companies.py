"""Who a SIRET designates: from the register's copy first, then on line where it is allowed."""

from dataclasses import dataclass
from typing import Protocol

from guichet.directories.online import OnlineCompanies
from guichet.directories.register import Register, RegisterError
from guichet.directories.schema import ESTABLISHMENTS
from guichet.directories.values import (
    Closed,
    Company,
    Found,
    Lookup,
    Outage,
    Unavailable,
    Undisclosed,
    Unknown,
)
from guichet.domain.identifiers import Siret

__all__ = ["CompanyDirectory", "FirstAnswer", "LocalCompanies", "OnlineCompanies"]


class CompanyDirectory(Protocol):
    """Answers with what is known of an establishment; never raises."""

    def find(self, siret: Siret) -> Lookup:
        """Look one establishment up."""


@dataclass(frozen=True, slots=True)
class LocalCompanies:
    """The copy of Sirene in the register.

    A number that is absent is unknown only when the whole stock was imported: a part proves
    nothing of what it does not hold.
    """

    register: Register

    def find(self, siret: Siret) -> Lookup:
        """Look one establishment up."""
        try:
            company = self.register.company(siret)
            if company is not None:
                return _judged(company)
            return Unknown() if self._is_whole() else Unavailable(Outage.REGISTER_PARTIAL)
        except RegisterError:
            return Unavailable(Outage.REGISTER_UNREADABLE)

    def _is_whole(self) -> bool:
        return self.register.is_whole(ESTABLISHMENTS)


def _judged(company: Company) -> Lookup:
    if not company.is_disclosed:
        return Undisclosed()
    if not company.legal_name:
        return Unavailable(Outage.COMPANY_MISSING)
    return Found(company) if company.is_open else Closed(company)


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The copy, then the on-line directory for what the copy could not tell."""

    local: CompanyDirectory
    online: CompanyDirectory | None = None

    def find(self, siret: Siret) -> Lookup:
        """Look one establishment up."""
        here = self.local.find(siret)
        if self.online is None or not isinstance(here, Unknown | Unavailable):
            return here
        there = self.online.find(siret)
        return here if isinstance(there, Unavailable) and isinstance(here, Unknown) else there
