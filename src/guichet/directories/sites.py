"""Health sites: the register's copy of FINESS."""

from dataclasses import dataclass

from guichet.directories.register import Register
from guichet.directories.values import HealthSite
from guichet.domain.identifiers import Finess, Siret


@dataclass(frozen=True, slots=True)
class SiteDirectory:
    """Health sites by their numbers. Raises RegisterError when the register cannot be read."""

    register: Register

    def find(self, finess: Finess) -> HealthSite | None:
        """The site of a FINESS géographique; None says only that the copy does not list it."""
        return self.register.site(finess)

    def of_siret(self, siret: Siret) -> tuple[HealthSite, ...]:
        """The sites that declare this SIRET: from the company to its FINESS."""
        return self.register.sites_of_siret(siret)

    def of_entity(self, finess: Finess) -> tuple[HealthSite, ...]:
        """The sites of a legal entity (FINESS juridique)."""
        return self.register.sites_of_entity(finess)
