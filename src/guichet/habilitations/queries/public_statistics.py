"""The figures of the counter that anybody may read: nobody's data, no small counts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from guichet.domain.dossier.disclosure import FEWEST, all_told, share, told
from guichet.domain.dossier.states import DossierState
from guichet.habilitations.models import Correction, Dossier, Right
from guichet.habilitations.queries.statistics import Delay, Statistics, statistics

KEPT_FOR: Final = timedelta(hours=1)
KEY: Final = "habilitations:public-statistics"


@dataclass(frozen=True, slots=True)
class PublicMonth:
    """What was deposited and decided in one month; None where there is too little to tell."""

    first: date
    filed: int | None
    decided: int | None


@dataclass(frozen=True, slots=True)
class PublicDelay:
    """The half and the nine tenths of dossiers took at most this long; None of too few."""

    p50: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFigures:
    """Everything of the page, as counted at an instant; None where there is too little to tell.

    Totals and shares (hundredths) are of the months shown. `decisions` are of act, count, share;
    `structures` and `cards` may order now.
    """

    at: datetime
    months: tuple[PublicMonth, ...]
    filed: int | None
    decided: int | None
    decisions: tuple[tuple[str, int | None, int | None], ...]
    to_taken: PublicDelay
    to_decided: PublicDelay
    whole: PublicDelay
    corrected_share: int | None
    reasons: tuple[tuple[str, int | None], ...]
    fields: tuple[tuple[str, int], ...]
    structures: int | None
    cards: int | None


def figures(at: datetime) -> PublicFigures:
    """The figures, counted once an hour at most."""
    kept: PublicFigures | None = cache.get(KEY)
    if kept is not None:
        return kept
    found = count(at)
    cache.set(KEY, found, int(KEPT_FOR.total_seconds()))
    return found


def count(at: datetime) -> PublicFigures:
    """The figures of the last months, the present one included, counted now."""
    found = statistics(at)
    filed = {month.first: month.filed for month in found.months}
    decided = {m.first: m.accepted + m.refused + m.closed for m in found.months}
    shown = all_told(filed), all_told(decided)
    structures, cards = _habilitated(at)
    return PublicFigures(
        at=at,
        months=tuple(PublicMonth(first, shown[0][first], shown[1][first]) for first in filed),
        filed=told(sum(filed.values())),
        decided=told(sum(decided.values())),
        decisions=_decisions(found),
        to_taken=_delay(found.to_taken),
        to_decided=_delay(found.to_decided),
        whole=_delay(found.whole),
        corrected_share=_corrected(found),
        reasons=tuple(all_told(dict(found.reasons)).items()),
        fields=tuple((path, n) for path, n in found.fields if told(n)),
        structures=told(structures),
        cards=told(cards),
    )


def _decisions(found: Statistics) -> tuple[tuple[str, int | None, int | None], ...]:
    counts = {kind: n for kind, n, _share in found.decided}
    whole = sum(counts.values())
    return tuple(
        (kind, n, round(100 * n / whole) if n is not None and whole >= FEWEST else None)
        for kind, n in all_told(counts).items()
    )


def _delay(found: Delay) -> PublicDelay:
    """The nine tenths of fewer than twice FEWEST would be the delay of one dossier, the longest."""
    return PublicDelay(
        p50=found.p50 if found.count >= FEWEST else None,
        p90=found.p90 if found.count >= 2 * FEWEST else None,
    )


def _corrected(found: Statistics) -> int | None:
    """Of the dossiers first deposited in these months, how many were asked for a correction."""
    day = datetime.combine(found.months[0].first, datetime.min.time())
    rows = Dossier.objects.exclude(state=DossierState.DRAFT.value).filter(
        filed_at__gte=timezone.make_aware(day)
    )
    asked = Correction.objects.filter(dossier__in=rows).values("dossier").distinct().count()
    return share(asked, rows.count())


def _habilitated(at: datetime) -> tuple[int, int]:
    """How many structures, and how many cards, hold an open right."""
    is_open = Q(starts_at__lte=at, suspended_at=None) & (Q(ends_at=None) | Q(ends_at__gt=at))
    found = Right.objects.filter(is_open).aggregate(
        structures=Count("structure", distinct=True), cards=Count("card_number", distinct=True)
    )
    return found["structures"], found["cards"]
