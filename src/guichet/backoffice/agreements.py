"""Who accepted which version: deposits of dossiers and withdrawals of certificates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Page
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.habilitations.queries import consents
from guichet.habilitations.queries.consents import ConsentFacts
from guichet.orders import agreements
from guichet.orders.agreements import AgreementFacts
from guichet.web.spreadsheets import Heading, Value

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE_SIZE: Final = 50


class Sort(StrEnum):
    """By which act somebody accepted."""

    WITHDRAWAL = "retraits"
    DEPOSIT = "depots"


SORTS: Final[Mapping[Sort, "_StrPromise"]] = {
    Sort.WITHDRAWAL: gettext_lazy("Retraits de certificats"),
    Sort.DEPOSIT: gettext_lazy("Dépôts de dossiers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Somebody accepted a version of the terms, for a dossier or for an order."""

    number: int
    who: str
    structure: str
    terms: str
    sha256: str
    policy: str
    at: datetime


def page(sort: Sort, version: str, number: str) -> Page[Any]:
    """A page of those who accepted a version, any when empty; last first, two queries."""
    if sort is Sort.DEPOSIT:
        deposits = consents.page(version, number, PAGE_SIZE)
        return _shown(deposits, [_of_deposit(one) for one in deposits.object_list])
    withdrawals = agreements.page(version, number, PAGE_SIZE)
    return _shown(withdrawals, [_of_withdrawal(one) for one in withdrawals.object_list])


def rows(sort: Sort, version: str) -> Iterator[Sequence[Value]]:
    """All of them as cells of a spreadsheet, under `heading`."""
    found: Iterator[Accepted] = (
        map(_of_deposit, consents.every(version))
        if sort is Sort.DEPOSIT
        else map(_of_withdrawal, agreements.every(version))
    )
    for one in found:
        yield (one.at, one.who, one.structure, one.number, one.terms, one.sha256, one.policy)


def heading(sort: Sort) -> Heading:
    """The columns of that spreadsheet."""
    return Heading(
        str(SORTS[sort]),
        (
            ("accepted_at", _("Accepté le")),
            ("accepted_by", _("Accepté par")),
            ("structure", _("Structure")),
            ("number", _("Dossier") if sort is Sort.DEPOSIT else _("N° demande")),
            ("terms", _("Conditions")),
            ("terms_sha256", _("Empreinte des conditions")),
            ("policy", _("Politique")),
        ),
    )


def _shown(found: Page[Any], shown: list[Accepted]) -> Page[Any]:
    found.object_list = shown
    return found


def _of_deposit(one: ConsentFacts) -> Accepted:
    return Accepted(
        number=one.number,
        who=one.label,
        structure=one.siret,
        terms=one.terms,
        sha256=one.sha256,
        policy="",
        at=one.at,
    )


def _of_withdrawal(one: AgreementFacts) -> Accepted:
    return Accepted(
        number=one.order,
        who=one.label,
        structure=one.structure_id,
        terms=one.terms,
        sha256=one.terms_sha256,
        policy=one.policy,
        at=one.at,
    )
