"""Accepting the terms and the policy at a withdrawal, and who accepted which version."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders.models import Agreement, Order
from guichet.terms import queries as terms
from guichet.terms.documents import Agreed
from guichet.web.listing import page_of

LABEL_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """What somebody accepted at a withdrawal."""

    order: int
    label: str
    structure_id: str
    terms: str
    terms_sha256: str
    policy: str
    policy_sha256: str
    at: datetime


def require(accepted: bool, shown: str, at: datetime) -> Agreed:
    """What is agreed to now.

    `shown` names the versions that the page showed (Agreed.shown), empty where nothing was.
    Raises Refusal: TERMS_NOT_ACCEPTED; TERMS_CHANGED when others have taken effect since.
    """
    if not accepted:
        raise Refusal(Code.TERMS_NOT_ACCEPTED)
    agreed = terms.agreed(at)
    if shown and shown != agreed.shown:
        raise Refusal(Code.TERMS_CHANGED, field="terms", version=agreed.terms)
    return agreed


def keep(order: Order, agreed: Agreed, by: Actor, at: datetime) -> None:
    """Keep what was agreed to, in the transaction of the withdrawal."""
    Agreement.objects.create(
        order=order,
        account=by.account_id,
        label=by.label[:LABEL_AT_MOST],
        structure_id=order.structure_id,
        terms=agreed.terms,
        terms_sha256=agreed.terms_sha256,
        policy=agreed.policy,
        policy_sha256=agreed.policy_sha256,
        agreed_at=at,
    )


def of_order(number: int) -> AgreementFacts | None:
    """What was accepted at the withdrawal of an order; None before it, or from before versions."""
    row = Agreement.objects.select_related("order").filter(order__number=number).first()
    return _facts(row) if row else None


def page(version: str, number: str, size: int) -> Page[AgreementFacts]:
    """A page of them, last first, of one version or of all when empty; two queries."""
    return page_of(Paginator(_rows(version), size), number, _facts)


def every(version: str) -> Iterator[AgreementFacts]:
    """All of them, read as they are used."""
    return map(_facts, _rows(version).iterator(1000))


def _rows(version: str) -> QuerySet[Agreement]:
    rows = Agreement.objects.select_related("order").order_by("-agreed_at", "-pk")
    return rows.filter(terms=version) if version else rows


def _facts(row: Agreement) -> AgreementFacts:
    return AgreementFacts(
        order=row.order.number,
        label=row.label,
        structure_id=row.structure_id,
        terms=row.terms,
        terms_sha256=row.terms_sha256,
        policy=row.policy,
        policy_sha256=row.policy_sha256,
        at=row.agreed_at,
    )
