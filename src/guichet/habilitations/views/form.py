"""The F413 on one page: saved by its buttons, with or without scripts."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.typed import ADMINISTRATORS, REPEATED, Typed
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import texts
from guichet.habilitations.forms import posted
from guichet.habilitations.models import Attachment
from guichet.habilitations.operations import attachments, drafting
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import applicant
from guichet.habilitations.views.pages import form_url, page_of, render_form
from guichet.identities.access import ActorRequest, login_required
from guichet.web import resume
from guichet.web.uploads import takes_files

# The file inputs of the form: the kind of what they hold, the field that is told of it.
FILE_INPUTS: Final = {
    "_mandate": (Attachment.MANDATE, texts.MANDATE),
    "_supporting": (Attachment.SUPPORTING, texts.SUPPORTING),
}
ANCHORS: Final = {Attachment.MANDATE: texts.MANDATE, Attachment.SUPPORTING: "pieces"}


def form_bytes() -> int:
    """How large the form may be: a mandate and other pieces as heavy as allowed, and its texts."""
    return policy().attachment_bytes * 5 // 2


@takes_files(form_bytes)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, number: int) -> HttpResponse:
    """The form: GET shows what is typed, POST saves it and does what its button says."""
    if request.method == "POST":
        return _saved(request, number)
    restored = take_back(request, number)
    try:
        row = applicant.row_of(number, request.actor, Act.WRITE)
    except Refusal as refusal:
        if refusal.code is not Code.DOSSIER_FROZEN:
            raise
        return HttpResponseRedirect(reverse("habilitations:declaration", args=[number]))
    if row.trashed_at is not None:
        return HttpResponseRedirect(reverse("habilitations:summary", args=[number]))
    page = page_of(row, request.received_at, check="verifier" in request.GET)
    return render_form(request, row, page, restored=restored)


def _saved(request: ActorRequest, number: int) -> HttpResponse:
    if refused := save_typed(request, number):
        row = applicant.row_of(number, request.actor, Act.WRITE)
        return render_form(request, row, page_of(row, request.received_at, refused=refused))
    if key := request.POST.get("_detach"):
        return HttpResponseRedirect(_withdrawal_url(key, number))
    return HttpResponseRedirect(f"{form_url(number)}{_act(request, number)}")


def save_typed(request: ActorRequest, number: int) -> tuple[Objection, ...]:
    """Keep what a POST changed, then its files; what is objected to them, on their fields.

    Raises Refusal: DOSSIER_*.
    """
    by, at = request.actor, request.received_at
    drafting.save(number=number, changes=posted.changed(request.POST), by=by, at=at)
    refused: list[Objection] = []
    for name, (kind, path) in FILE_INPUTS.items():
        uploads = request.FILES.getlist(name)
        found = attachments.attach_all(number=number, kind=kind, uploads=uploads, by=by, at=at)
        refused += (Objection(o.code, (*o.facts, ("field", path))) for o in found)
    return tuple(refused)


def take_back(request: ActorRequest, number: int) -> bool:
    """Save what was typed before the session ended, once; whether there was anything."""
    waiting = resume.typed(request)
    changes = posted.changed(waiting) if waiting is not None else {}
    if changes:
        drafting.save(number=number, changes=changes, by=request.actor, at=request.received_at)
    return bool(changes)


def _act(request: ActorRequest, number: int) -> str:
    """What the pressed button asks for beyond saving; returns where the page comes back to."""
    by, at, post = request.actor, request.received_at, request.POST
    if block := post.get("_add"):
        return _added(request, number, block)
    if anchor := post.get("_remove"):
        block, _dot, row = anchor.partition(".")
        if block in REPEATED:
            drafting.remove_row(number=number, block=block, identifier=row, by=by, at=at)
        return f"#{block}"
    if "_attach" in post:
        return f"#{ANCHORS.get(post['_attach'], '')}"
    if "_me" in post:
        return _named(request, number)
    return "?verifier=1#eligibilite_title" if "_check" in post else ""


def _added(request: ActorRequest, number: int, block: str) -> str:
    if block not in REPEATED:
        return ""
    row = drafting.add_row(number=number, block=block, by=request.actor, at=request.received_at)
    return f"#{block}.{row}_legend"


def _named(request: ActorRequest, number: int) -> str:
    """Write the person logged in into the first empty row, or into one more."""
    actor = request.actor
    row = applicant.row_of(number, actor, Act.WRITE)
    typed = Typed.from_json(row.draft)
    empty = (r for r in typed.ids(ADMINISTRATORS) if _is_empty(typed, r))
    identifier = next(empty, None) or drafting.add_row(
        number=number, block=ADMINISTRATORS, by=actor, at=request.received_at
    )
    path = f"{ADMINISTRATORS}.{identifier}"
    changes = {
        f"{path}.card_number": actor.card_number or "",
        f"{path}.name": f"{actor.given_names} {actor.surname}".strip() or actor.display_name,
        f"{path}.email": actor.email,
    }
    drafting.save(number=number, changes=changes, by=actor, at=request.received_at)
    return f"#{path}_legend"


def _is_empty(typed: Typed, row: str) -> bool:
    names = REPEATED[ADMINISTRATORS]
    return not any(typed.get(f"{ADMINISTRATORS}.{row}.{name}") for name in names)


def _withdrawal_url(key: str, number: int) -> str:
    """Where one is asked whether a piece is to be withdrawn, and comes back to the form from."""
    try:
        address = reverse("habilitations:detach", args=[UUID(key)])
    except ValueError as error:
        raise Refusal(Code.ATTACHMENT_UNKNOWN) from error
    return f"{address}?{urlencode({'next': form_url(number)})}"
