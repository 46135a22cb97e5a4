"""How much is deposited and decided, how fast, with what outcome, and what has to be corrected."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from guichet.domain.dossier.states import DECISIONS, DossierAct, DossierState
from guichet.domain.months import first_days
from guichet.habilitations.models import Correction, Decision, Dossier
from guichet.habilitations.texts import pattern_of
from guichet.web.days import midnight

MONTHS: Final = 12
FIELDS_SHOWN: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What happened in one month: deposits, and dossiers by the state they came to."""

    first: date
    filed: int
    accepted: int
    refused: int
    closed: int


@dataclass(frozen=True, slots=True)
class Delay:
    """The half and the nine tenths of dossiers that took at most this long; None of none."""

    count: int
    p50: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Everything of the page; shares are of decided dossiers, in hundredths."""

    states: tuple[tuple[str, int], ...]
    months: tuple[Month, ...]
    to_taken: Delay
    to_decided: Delay
    whole: Delay
    decided: tuple[tuple[str, int, int], ...]
    fields: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    corrected: int


def statistics(at: datetime, months: int = MONTHS) -> Statistics:
    """Of the last months, the present one included; states are those of now."""
    firsts = first_days(timezone.localtime(at).date(), 1 - months, months)
    since = midnight(firsts[0])
    kept = Dossier.objects.exclude(state=DossierState.DRAFT.value)
    recent = kept.filter(filed_at__gte=since)
    spans = list(recent.values_list("filed_at", "taken_at", "decided_at", "state"))
    asked = Correction.objects.filter(asked_at__gte=since)
    return Statistics(
        states=tuple(_by_state(kept.values_list("state").annotate(n=Count("pk")))),
        months=_months(firsts, since),
        to_taken=delay(taken - filed for filed, taken, _d, _s in spans if filed and taken),
        to_decided=delay(d - taken for _f, taken, d, s in spans if taken and d and _is_over(s)),
        whole=delay(d - filed for filed, _t, d, s in spans if filed and d and _is_over(s)),
        decided=_shares(since),
        fields=_fields(asked.values_list("fields", flat=True)),
        reasons=tuple(asked.values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")),
        corrected=asked.values("dossier").distinct().count(),
    )


def delay(found: Iterable[timedelta]) -> Delay:
    """Percentiles by nearest rank: the value that so many hundredths do not exceed."""
    spans = sorted(span for span in found if span >= timedelta(0))
    if not spans:
        return Delay(0, None, None)
    return Delay(len(spans), _rank(spans, 50), _rank(spans, 90))


def _rank(spans: Sequence[timedelta], hundredths: int) -> timedelta:
    return spans[ceil(len(spans) * hundredths / 100) - 1]


def _is_over(state: str) -> bool:
    return state in {reached.value for reached in DECISIONS.values()}


def _by_state(found: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    counted = dict(found)
    states = (state.value for state in DossierState if state is not DossierState.DRAFT)
    return ((state, counted.get(state, 0)) for state in states)


def _months(firsts: tuple[date, ...], since: datetime) -> tuple[Month, ...]:
    filed = _monthly(Dossier.objects.filter(filed_at__gte=since), "filed_at")
    taken_effect = Decision.objects.filter(approved_at__gte=since)
    by_kind = {
        act: _monthly(taken_effect.filter(kind=act.value), "approved_at") for act in DECISIONS
    }
    return tuple(
        Month(
            first=first,
            filed=filed.get(first, 0),
            accepted=by_kind[DossierAct.ACCEPT].get(first, 0),
            refused=by_kind[DossierAct.REFUSE].get(first, 0),
            closed=by_kind[DossierAct.CLOSE].get(first, 0),
        )
        for first in firsts
    )


def _monthly(rows: object, field: str) -> dict[date, int]:
    counted = rows.annotate(month=TruncMonth(field)).values_list("month")  # type: ignore[attr-defined]
    return {month.date(): n for month, n in counted.annotate(n=Count("pk")).order_by("month")}


def _shares(since: datetime) -> tuple[tuple[str, int, int], ...]:
    """Decisions in effect by kind: how many, and what share in hundredths."""
    rows = Decision.objects.filter(Q(approved_at__gte=since), replaced_at=None)
    counted = dict(rows.values_list("kind").annotate(n=Count("pk")))
    whole = sum(counted.values())
    return tuple(
        (act.value, n := counted.get(act.value, 0), round(100 * n / whole) if whole else 0)
        for act in DECISIONS
    )


def _fields(asked: Iterable[dict[str, str]]) -> tuple[tuple[str, int], ...]:
    """The fields most often to be corrected, rows of repeated blocks counted together."""
    counted = Counter(pattern_of(path) for fields in asked for path in fields)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ranked[:FIELDS_SHOWN])
