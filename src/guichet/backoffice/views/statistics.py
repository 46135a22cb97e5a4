"""Statistics of the counter, as a page and as files."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.backoffice import statistics
from guichet.backoffice.statistics import DIMENSIONS, MEASURE_WORDS, PERIODS, Dimension
from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest, duty_required
from guichet.web.environments import marked
from guichet.web.spreadsheets import (
    CSV,
    ODS,
    XLSX,
    Heading,
    Row,
    table_lines,
    write_ods,
    write_xlsx,
)

Writer = Callable[[IO[bytes], Sequence[Heading], Iterable[Row]], None]


@never_cache
@duty_required(Duty.SEE_STATE)
@require_safe
def show_statistics(request: ActorRequest) -> HttpResponse:
    """One dimension of one period, as a chart and as its table."""
    asked, months = request.GET.get("par", ""), _months(request)
    dimension = Dimension(asked) if asked in set(Dimension) else Dimension.MONTH
    context = {
        "table": statistics.table(dimension, months, request.received_at),
        "measures": tuple(MEASURE_WORDS.items()),
        "dimension": dimension,
        "title": DIMENSIONS[dimension],
        "dimensions": [
            (one.value, str(words), f"?par={one.value}&mois={months}")
            for one, words in DIMENSIONS.items()
        ],
        "months": months,
        "periods": PERIODS,
        "exports": request.actor.may(Duty.EXPORT),
    }
    return render(request, "backoffice/statistics.html", context)


@never_cache
@duty_required(Duty.EXPORT)
@require_safe
def export_csv(request: ActorRequest) -> HttpResponseBase:
    """Every row, line after line."""
    rows = statistics.rows(_months(request), request.received_at)
    lines = table_lines(statistics.heading().rows, rows)
    return _named(StreamingHttpResponse(lines, content_type=CSV), "csv")


@never_cache
@duty_required(Duty.EXPORT)
@require_safe
def export_xlsx(request: ActorRequest) -> HttpResponseBase:
    """A workbook of one sheet."""
    return _workbook(request, "xlsx", write_xlsx, XLSX)


@never_cache
@duty_required(Duty.EXPORT)
@require_safe
def export_ods(request: ActorRequest) -> HttpResponseBase:
    """The same for LibreOffice."""
    return _workbook(request, "ods", write_ods, ODS)


def _workbook(
    request: ActorRequest, ending: str, write: Writer, media_type: str
) -> HttpResponseBase:
    rows = statistics.rows(_months(request), request.received_at)
    file = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    write(file, [statistics.heading()], ((0, row) for row in rows))
    file.seek(0)
    return _named(FileResponse(file, content_type=media_type), ending)


def _months(request: ActorRequest) -> int:
    asked = request.GET.get("mois", "")
    return next((months for months in PERIODS if str(months) == asked), PERIODS[0])


def _named(answer: HttpResponseBase, ending: str) -> HttpResponseBase:
    name = marked(f"statistiques-{timezone.localdate().isoformat()}.{ending}")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
