"""Files: joined to a dossier, withdrawn, and given as downloads that no browser renders."""

from typing import Final
from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import texts
from guichet.habilitations.forms.exchanges import PieceForm
from guichet.habilitations.models import Attachment
from guichet.habilitations.operations import attachments
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import applicant, pieces
from guichet.identities.access import ActorRequest, login_required
from guichet.web.forms import status_of
from guichet.web.requests import path_within
from guichet.web.uploads import takes_files

CSP: Final = "sandbox; default-src 'none'"


def request_bytes() -> int:
    """How large a request with files may be; a file a little too large gets its own message."""
    return policy().attachment_bytes * 3 // 2


@login_required
@require_safe
def download(request: ActorRequest, key: UUID) -> FileResponse:
    """One file, never shown inline (RFC 6266), inert should a browser show it all the same."""
    found = attachments.read(key=key, by=request.actor, at=request.received_at)
    answer = FileResponse(
        found.path.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )
    answer["Content-Security-Policy"] = CSP
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@takes_files(request_bytes)
@login_required
@require_POST
def attach(request: ActorRequest, number: int) -> HttpResponse:
    """Join mandates or supporting documents, then go back to where they were chosen.

    Each is kept by itself; the page says what is objected to those that are not.
    """
    form = PieceForm(request.POST, request.FILES)
    if not form.is_valid():
        missing = "upload" in form.errors
        raise Refusal(Code.ATTACHMENT_EMPTY if missing else Code.REQUEST_MALFORMED)
    uploads = form.cleaned_data["upload"]
    refused = attachments.attach_all(
        number=number,
        kind=form.cleaned_data["kind"],
        uploads=uploads,
        by=request.actor,
        at=request.received_at,
    )
    summary = reverse("habilitations:summary", args=[number])
    if not refused:
        return _back(request, summary)
    context = {
        "dossier": applicant.shown(number, request.actor),
        "refused": [texts.objection_words(objection) for objection in refused],
        "kept": len(uploads) - len(refused),
        "back": path_within(request, request.POST.get("next"), summary),
    }
    status = status_of(beside=refused)
    return render(request, "habilitations/pieces_refused.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def detach(request: ActorRequest, key: UUID) -> HttpResponse:
    """Ask, then withdraw a mandate or a supporting document."""
    if request.method == "POST":
        kind = attachments.remove(key=key, by=request.actor, at=request.received_at)
        is_mandate = kind == Attachment.MANDATE and "/formulaire/" in request.POST.get("next", "")
        return _back(request, "/", texts.MANDATE if is_mandate else "pieces")
    number, file = pieces.withdrawable(key, request.actor)
    summary = reverse("habilitations:summary", args=[number])
    context = {
        "dossier": applicant.shown(number, request.actor),
        "file": file,
        "back": path_within(request, request.GET.get("next"), summary),
    }
    return render(request, "habilitations/detach.html", context)


def _back(request: ActorRequest, default: str, anchor: str = "pieces") -> HttpResponse:
    """To where the pieces are listed; other sites, and no site, lead to the default."""
    found = path_within(request, request.POST.get("next"), "")
    return HttpResponseRedirect(f"{found}#{anchor}" if found else default)
