"""Codes -> words: the one table that turns a Refusal into French (or English) prose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format

from guichet.domain.refusals import Code, Fact, Objection, Refusal
from guichet.web.refusal_words import (
    access,
    acme,
    associations,
    automates,
    backoffice,
    bench,
    calls,
    dossiers,
    est,
    evidence,
    files,
    identifiers,
    incidents,
    inventory,
    logins,
    machines,
    orders,
    provider,
    renewals,
    requests,
    rights,
    samples,
    webhooks,
    wording,
)
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    **identifiers.TEXTS,
    **requests.TEXTS,
    **orders.TEXTS,
    **inventory.TEXTS,
    **evidence.TEXTS,
    **incidents.TEXTS,
    **access.TEXTS,
    **renewals.TEXTS,
    **dossiers.TEXTS,
    **files.TEXTS,
    **rights.TEXTS,
    **logins.TEXTS,
    **machines.TEXTS,
    **automates.TEXTS,
    **backoffice.TEXTS,
    **webhooks.TEXTS,
    **est.TEXTS,
    **bench.TEXTS,
    **provider.TEXTS,
    **calls.TEXTS,
    **acme.TEXTS,
    **associations.TEXTS,
    **samples.TEXTS,
    **wording.TEXTS,
}


@dataclass(frozen=True, slots=True)
class Explained:
    """An objection in the words of the active language."""

    code: Code
    status: int
    title: str
    detail: str
    remedy: str


class _Facts(dict[str, Fact]):
    """Facts of an objection; one that is not known is shown as a dash, never as an error."""

    def __missing__(self, name: str) -> str:
        return "—"


def explain(objection: Objection) -> Explained:
    """The words of one objection, in the active language."""
    text = TEXTS[objection.code]
    return Explained(
        code=objection.code,
        status=text.status,
        title=str(text.title),
        detail=str(text.detail) % _Facts(_dated(objection.mapping)),
        remedy=str(text.remedy),
    )


def _dated(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """Facts named for a day ("purged_on", ISO 8601) as people write it."""
    return {
        name: date_format(date.fromisoformat(fact))
        if name.endswith("_on") and isinstance(fact, str) and fact
        else fact
        for name, fact in facts.items()
    }


def explain_all(refusal: Refusal) -> tuple[Explained, ...]:
    """The words of every objection of a refusal, the refusal's own first."""
    return tuple(explain(objection) for objection in refusal.all)


def every_code() -> tuple[Explained, ...]:
    """All refusals there are, for the help page."""
    return tuple(explain(Objection(code)) for code in Code)
