"""Asking the company register again, for dossiers whose company it could not tell."""

from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.domain.identifiers import Siret
from guichet.habilitations import registers
from guichet.habilitations.chosen import NEXT
from guichet.habilitations.models import Dossier
from guichet.habilitations.queries.instruction import UNDECIDED

UNAVAILABLE: Final = "unavailable"
AT_MOST: Final = 50


def refresh_companies(at: datetime) -> int:
    """Look up again the companies that nobody could tell; how many are now known.

    The register is asked outside any transaction, each company once.
    """
    rows = Dossier.objects.filter(state__in=UNDECIDED, company__answer=UNAVAILABLE)
    known = 0
    for siret in list(rows.order_by("siret").values_list("siret", flat=True).distinct()[:AT_MOST]):
        found = registers.company_of(Siret(siret))
        if found["answer"] != UNAVAILABLE:
            known += _keep(siret, found)
    return known


@transaction.atomic
def _keep(siret: str, found: registers.CompanySnapshot) -> int:
    """What the applicant typed of the name stays in the form, and the register's stands."""
    rows = Dossier.objects.select_for_update().filter(
        siret=siret, state__in=UNDECIDED, company__answer=UNAVAILABLE
    )
    kept = list(rows)
    for row in kept:
        waiting = row.company.get(NEXT)
        row.company = {**found, NEXT: waiting} if waiting else found
        row.save(update_fields=["company"])
    return len(kept)
