"""The messages of a dossier, at one address for its applicants and for its instructors."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations.forms.exchanges import ACCEPTED, TOO_LARGE, MessageForm
from guichet.habilitations.operations import instructing, messaging
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import applicant, exchanges
from guichet.habilitations.views.attachments import request_bytes
from guichet.habilitations.views.instruction import framing
from guichet.identities.access import ActorRequest, login_required
from guichet.web import resume
from guichet.web.forms import status_of
from guichet.web.requests import gives_content
from guichet.web.uploads import takes_files

ON_FILES = {
    Code.ATTACHMENT_EMPTY,
    Code.ATTACHMENT_TOO_LARGE,
    Code.ATTACHMENT_TYPE,
    Code.ATTACHMENTS_TOO_MANY,
}


@takes_files(request_bytes)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_messages(request: ActorRequest, number: int) -> HttpResponse:
    """Read what was written, which marks it read, and write back."""
    thread = exchanges.thread(number, request.actor, request.GET.get("page"))
    typed = resume.typed(request) if request.method == "GET" else None
    kept = {"body": typed.get("body", "")} if typed else None
    form = MessageForm(request.POST or None, request.FILES or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            return _send(request, number, form)
        except Refusal as refusal:
            form.add_objections(_on_field(objection) for objection in refusal.all)
    if gives_content(request):
        _note_reading(request, thread)
    context = {
        **_frame(request, thread),
        "thread": thread,
        "form": form,
        "was_kept": bool(typed),
        "pieces": exchanges.pieces(number, request.actor),
        "accepted": ACCEPTED,
        "too_large": TOO_LARGE,
        "most": policy().attachment_bytes,
    }
    status = status_of(form)
    template = "messages_staff" if thread.is_staff else "messages"
    return render(request, f"habilitations/{template}.html", context, status=status)


def _frame(request: ActorRequest, thread: exchanges.Thread) -> dict[str, Any]:
    """What surrounds the thread: the applicant's dossier, or the instructor's."""
    if thread.is_staff:
        return framing.frame(request, framing.opened(request, thread.number), "messages")
    return {"dossier": applicant.shown(thread.number, request.actor), "tab": "messages"}


def _send(request: ActorRequest, number: int, form: MessageForm) -> HttpResponse:
    body, uploads, token = form.sent()
    sent = messaging.send(
        number=number,
        body=body,
        uploads=uploads,
        token=token,
        by=request.actor,
        at=request.received_at,
    )
    address = reverse("habilitations:messages", args=[number])
    return HttpResponseRedirect(f"{address}#message-{sent}")


def _note_reading(request: ActorRequest, thread: exchanges.Thread) -> None:
    number, by, at = thread.number, request.actor, request.received_at
    messaging.mark_read(number=number, by=by, at=at)
    if thread.is_staff:
        instructing.see(number=number, by=by, at=at)


def _on_field(objection: Objection) -> Objection:
    if objection.code not in ON_FILES:
        return objection
    return Objection(objection.code, (("field", "uploads"), *objection.facts))
