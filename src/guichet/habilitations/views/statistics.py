"""The figures of the counter, for everybody: a picture, tables, what is left out and why."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.domain.dossier.disclosure import FEWEST
from guichet.habilitations import texts
from guichet.habilitations.queries import public_statistics
from guichet.habilitations.queries.public_statistics import PublicDelay, PublicFigures, PublicMonth
from guichet.habilitations.texts.durations import lasting
from guichet.habilitations.texts.instruction import ACTS

# The picture, in its own units: bars stand on BASE, the highest is as high as HIGH.
BASE: Final = 190
HIGH: Final = 160
LEFT: Final = 44
STEP: Final = 56
BAR: Final = 20
FEW: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture; `is_few` when there is too little to tell how high it is."""

    x: int
    y: int
    height: int
    kind: str
    is_few: bool


@dataclass(frozen=True, slots=True)
class MonthShown:
    """One month: its words, its place in the picture, its bars."""

    name: str
    short: str
    row: PublicMonth
    middle: int
    bars: tuple[Bar, ...]


@require_safe
def show_public(request: HttpRequest) -> HttpResponse:
    """Volumes, delays, outcomes, corrections of the last twelve months."""
    at = request.received_at  # type: ignore[attr-defined]
    found = public_statistics.figures(at)
    highest = _highest(found)
    context = {
        "found": found,
        "fewest": FEWEST,
        "months": [_month(n, month, highest) for n, month in enumerate(found.months)],
        "scale": _scale(highest),
        "width": LEFT + STEP * len(found.months),
        "base": BASE,
        "decisions": [(ACTS[kind], n, share) for kind, n, share in found.decisions],
        "delays": _delays(found),
        "reasons": [(texts.CORRECTION_REASONS.get(r, r), n) for r, n in found.reasons],
        "fields": [(texts.LABELS.get(path, path), n) for path, n in found.fields],
    }
    return render(request, "habilitations/statistics.html", context)


def _highest(found: PublicFigures) -> int:
    """The top of the scale: a round number that no bar exceeds."""
    most = max((n or 0 for month in found.months for n in (month.filed, month.decided)), default=0)
    step = int(10 ** max(1, len(str(most)) - 1))
    return max(step, step * -(-most // step))


def _scale(highest: int) -> list[tuple[int, int]]:
    """Graduations: their value and where they are drawn."""
    return [(value, BASE - HIGH * value // highest) for value in (0, highest // 2, highest)]


def _month(place: int, month: PublicMonth, highest: int) -> MonthShown:
    left = LEFT + STEP * place
    bars = (
        _bar(left + 6, month.filed, "filed", highest),
        _bar(left + 6 + BAR + 2, month.decided, "decided", highest),
    )
    return MonthShown(
        name=date_format(month.first, "F Y"),
        short=_short(month.first),
        row=month,
        middle=left + STEP // 2,
        bars=tuple(bar for bar in bars if bar is not None),
    )


def _bar(x: int, count: int | None, kind: str, highest: int) -> Bar | None:
    if count == 0:
        return None
    height = FEW if count is None else max(1, HIGH * count // highest)
    return Bar(x, BASE - height, height, kind, count is None)


def _short(first: date) -> str:
    """The month as a graduation: "nov.", and the year where it begins."""
    return date_format(first, "Y") if first.month == 1 else date_format(first, "N")


def _delays(found: PublicFigures) -> list[dict[str, Any]]:
    named: tuple[tuple[str, PublicDelay], ...] = (
        (_("Du dépôt à la prise en instruction"), found.to_taken),
        (_("De la prise en instruction à la décision"), found.to_decided),
        (_("Du dépôt à la décision"), found.whole),
    )
    return [
        {
            "label": label,
            "half": lasting(span.p50) if span.p50 is not None else "",
            "most": lasting(span.p90) if span.p90 is not None else "",
        }
        for label, span in named
    ]
