"""Who accepted which version of the terms by depositing a dossier."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from guichet.habilitations.models import Revision
from guichet.web.listing import page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """What somebody accepted with a deposit; `sha256` is empty from before versions were kept."""

    number: int
    revision: int
    label: str
    siret: str
    terms: str
    sha256: str
    at: datetime


def page(version: str, number: str, size: int) -> Page[ConsentFacts]:
    """A page of them, last first, of one version or of all when empty; two queries."""
    return page_of(Paginator(_rows(version), size), number, _facts)


def every(version: str) -> Iterator[ConsentFacts]:
    """All of them, read as they are used."""
    return map(_facts, _rows(version).iterator(1000))


def _rows(version: str) -> QuerySet[Revision]:
    rows = Revision.objects.select_related("dossier").order_by("-deposited_at", "-pk")
    return rows.filter(terms_version=version) if version else rows


def _facts(row: Revision) -> ConsentFacts:
    return ConsentFacts(
        number=row.dossier.number,
        revision=row.n,
        label=row.deposited_by,
        siret=row.dossier.siret,
        terms=row.terms_version,
        sha256=row.terms_sha256,
        at=row.deposited_at,
    )
