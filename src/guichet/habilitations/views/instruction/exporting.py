"""The list, as narrowed, in a file: CSV of one block, or a workbook of all."""

import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Final

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.habilitations.exports import Block, csv_lines, write_ods, write_xlsx
from guichet.habilitations.operations.exporting import note_export
from guichet.habilitations.queries import queue
from guichet.habilitations.queries.records import Records, keys, records
from guichet.habilitations.stewardship import READERS, STAFF
from guichet.habilitations.views.instruction.filtering import QueueForm
from guichet.identities.access import ActorRequest, role_required
from guichet.identities.staff import staff
from guichet.web.environments import marked
from guichet.web.requests import gives_content
from guichet.web.spreadsheets import CSV, ODS, XLSX

IN_MEMORY: Final = 5_000_000


@never_cache
@role_required(*READERS)
@require_safe
def export_csv(request: ActorRequest) -> HttpResponseBase:
    """One block of the list, streamed line after line."""
    asked = request.GET.get("bloc", "")
    block = Block(asked) if asked in set(Block) else Block.DOSSIERS
    found = _chosen(request, f"csv/{block.value}")
    answer = StreamingHttpResponse(csv_lines(block, records(found)), content_type=CSV)
    return _named(answer, f"{block.value}.csv")


@never_cache
@role_required(*READERS)
@require_safe
def export_xlsx(request: ActorRequest) -> HttpResponseBase:
    """Every block of the list, a sheet each."""
    return _workbook(request, "xlsx", write_xlsx, XLSX)


@never_cache
@role_required(*READERS)
@require_safe
def export_ods(request: ActorRequest) -> HttpResponseBase:
    """Every block of the list, a sheet each, for LibreOffice."""
    return _workbook(request, "ods", write_ods, ODS)


def _workbook(
    request: ActorRequest,
    ending: str,
    write: Callable[[IO[bytes], Iterable[Records]], None],
    media_type: str,
) -> HttpResponseBase:
    found = _chosen(request, ending)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 the answer closes it
    write(file, records(found))
    file.seek(0)
    return _named(FileResponse(file, content_type=media_type), f"dossiers.{ending}")


def _chosen(request: ActorRequest, form: str) -> list[int]:
    """The dossiers of the list, once it is journalled that they leave; by HEAD, none does."""
    who = request.actor
    filters = QueueForm(request.GET, departments=queue.departments(who), staff=staff(*STAFF))
    found = list(keys(filters.filters(), who))
    if gives_content(request):
        query, at = filters.query(), request.received_at
        note_export(form=form, query=query, count=len(found), by=who, at=at)
    return found


def _named(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    day = timezone.localdate().isoformat()
    named = marked(f"F413-{day}-{name}")
    answer["Content-Disposition"] = f'attachment; filename="{named}"'
    return answer
