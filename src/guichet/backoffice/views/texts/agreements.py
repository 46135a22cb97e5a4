"""Who accepted which version of the terms: a list, and files."""

import tempfile
from typing import Final

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.backoffice import agreements, exporting
from guichet.backoffice.agreements import SORTS, Sort
from guichet.backoffice.views.texts.framing import framed
from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest, duty_required
from guichet.terms import queries
from guichet.terms.documents import NUMBER_AT_MOST, Kind
from guichet.web.environments import marked
from guichet.web.requests import gives_content
from guichet.web.spreadsheets import CSV, ODS, XLSX, table_lines, write_ods, write_xlsx

IN_MEMORY: Final = 4 * 1024 * 1024


@never_cache
@duty_required(Duty.EXPORT)
@require_safe
def list_agreements(request: ActorRequest) -> HttpResponse:
    """Who accepted, last first, by act and by version."""
    sort, version = _asked(request)
    context = {
        "page": agreements.page(sort, version, request.GET.get("page", "1")),
        "sort": sort,
        "sorts": [
            (one.value, str(words), f"?par={one.value}&version={version}")
            for one, words in SORTS.items()
        ],
        "version": version,
        "versions": [one.number for one in queries.every(Kind.TERMS)],
        "exports": request.actor.may(Duty.EXPORT),
    }
    return framed(request, "agreements", "agreements", context)


@never_cache
@duty_required(Duty.EXPORT)
@require_safe
def export(request: ActorRequest, ending: str) -> HttpResponseBase:
    """The list as narrowed, every page of it, in a file."""
    if ending not in {"csv", "xlsx", "ods"}:
        raise Http404
    sort, version = _asked(request)
    if gives_content(request):
        exporting.note(what="agreements", form=ending, by=request.actor, at=request.received_at)
    heading, rows = agreements.heading(sort), agreements.rows(sort, version)
    answer: HttpResponseBase
    if ending == "csv":
        answer = StreamingHttpResponse(table_lines(heading.rows, rows), content_type=CSV)
    else:
        write = write_xlsx if ending == "xlsx" else write_ods
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 the answer closes it
        write(file, [heading], ((0, row) for row in rows))
        file.seek(0)
        answer = FileResponse(file, content_type=XLSX if ending == "xlsx" else ODS)
    name = marked(f"acceptations-{sort.value}-{timezone.localdate().isoformat()}.{ending}")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request: ActorRequest) -> tuple[Sort, str]:
    asked = request.GET.get("par", "")
    sort = Sort(asked) if asked in set(Sort) else Sort.WITHDRAWAL
    return sort, request.GET.get("version", "").replace("\0", "")[:NUMBER_AT_MOST]
