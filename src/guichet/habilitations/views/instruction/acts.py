"""What moves a dossier before its decision: take, give back, ask for corrections, archive."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.domain.dossier.checks import Level
from guichet.domain.dossier.states import DOSSIERS, DossierAct, DossierState
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import reasons, texts
from guichet.habilitations.instruction_forms import CorrectionForm
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import instructing
from guichet.habilitations.operations.instructing import CorrectionReason
from guichet.habilitations.outlook import Outlook, outlook
from guichet.habilitations.stewardship import STAFF
from guichet.habilitations.views.instruction.framing import act_once, address, back, frame, opened
from guichet.identities.access import ActorRequest, role_required
from guichet.journal.events import Event
from guichet.web.forms import status_of
from guichet.web.refusal_texts import explain_all

MAY_BE_FORCED = frozenset({Code.CORRECTION_PENDING, Code.EDITS_PENDING})
INSERT = "inserer"


@role_required(*STAFF)
@require_POST
def take(request: ActorRequest, number: int) -> HttpResponse:
    """Begin instruction; what stands in the way is told, and may be passed over."""
    row = opened(request, number)
    force = request.POST.get("force") == "on"
    try:
        act_once(
            request,
            number,
            {Event.DOSSIER_TAKEN.value},
            lambda: instructing.take(
                number=number, by=request.actor, at=request.received_at, force=force
            ),
        )
    except Refusal as refusal:
        if refusal.code not in MAY_BE_FORCED:
            raise
        explained = explain_all(refusal)[0]
        context = {**frame(request, row), "explained": explained, "then": request.POST.get("puis")}
        return render(request, "habilitations/instruction/take.html", context, status=409)
    if request.POST.get("puis") == "accepter":
        listed = request.GET.urlencode()
        return HttpResponseRedirect(address("accept", number, listed))
    return back(request, number)


@role_required(*STAFF)
@require_POST
def give_back(request: ActorRequest, number: int) -> HttpResponse:
    """The applicant may write again."""
    opened(request, number)
    act_once(
        request,
        number,
        {Event.DOSSIER_GIVEN_BACK.value},
        lambda: instructing.give_back(number=number, by=request.actor, at=request.received_at),
    )
    return back(request, number)


@role_required(*STAFF)
@require_POST
def archive(request: ActorRequest, number: int) -> HttpResponse:
    """Out of the lists."""
    opened(request, number)
    act_once(
        request,
        number,
        {Event.DOSSIER_ARCHIVED.value},
        lambda: instructing.archive(number=number, by=request.actor, at=request.received_at),
    )
    return back(request, number)


@never_cache
@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_correction(request: ActorRequest, number: int) -> HttpResponse:
    """Point at fields, say what is wrong with each, and give the dossier back to its author."""
    row = opened(request, number)
    found = outlook(row, request.received_at)
    spoken = {"language": row.language, "title_language": get_language() or "fr"}
    if request.method != "POST":
        _require_move(row, DossierAct.ASK_CORRECTION)
        form = CorrectionForm(None, typed=found.typed, initial=_proposed(found), **spoken)
    elif INSERT in request.POST:
        form = CorrectionForm(None, typed=found.typed, initial=_inserted(request, row), **spoken)
    else:
        form = CorrectionForm(request.POST, typed=found.typed, **spoken)
        if form.is_valid() and _asked(request, number, form):
            return back(request, number)
    context = {**frame(request, row), "form": form, "sections": _sections(form, found)}
    status = status_of(form)
    return render(request, "habilitations/instruction/correction.html", context, status=status)


def _asked(request: ActorRequest, number: int, form: CorrectionForm) -> bool:
    """Whether the correction was asked; what the operation objects to goes on the form."""
    try:
        act_once(
            request,
            number,
            {Event.DOSSIER_CORRECTION_ASKED.value},
            lambda: instructing.ask_correction(
                number=number,
                reason=CorrectionReason(form.cleaned_data["why"]),
                comments=form.comments(),
                body=form.text,
                by=request.actor,
                at=request.received_at,
            ),
        )
    except Refusal as refusal:
        if refusal.code is not Code.REASON_MISSING:
            raise
        form.add_error("reason", _("Cochez un champ, ou écrivez un message."))
        return False
    return True


def _require_move(row: Dossier, act: DossierAct) -> None:
    DOSSIERS.next(DossierState(row.state), act)


def _proposed(found: Outlook) -> dict[str, Any]:
    """The fields that a check forbids are ticked, with what to do about each."""
    initial: dict[str, Any] = {"why": CorrectionReason.INCORRECT.value}
    for verdict in found.verdicts:
        if verdict.level is Level.BLOCKING:
            sentence, remedy = texts.finding_words(verdict)
            initial[f"field.{verdict.path}"] = "on"
            initial[f"comment.{verdict.path}"] = f"{sentence} {remedy}".strip()
    return initial


def _inserted(request: ActorRequest, row: Dossier) -> dict[str, Any]:
    """What was typed, with the text of the chosen reason put into the message."""
    typed: dict[str, Any] = dict(request.POST.items())
    text = reasons.text_of(typed.get("modele", ""), row.language)
    typed["reason"] = "\n\n".join(filter(None, (typed.get("reason", "").strip(), text)))
    return typed


def _sections(form: CorrectionForm, found: Outlook) -> list[dict[str, Any]]:
    """The form's paths by section, each with what was declared and marked."""
    sections = []
    for section in texts.SECTIONS:
        lines = [
            {
                "path": path,
                "label": texts.label_of(path, found.typed),
                "declared": texts.shown(path, found.typed.get(path)),
                "ticked": bool(form.marked(f"field.{path}")),
                "comment": form.marked(f"comment.{path}"),
            }
            for path in form.paths
            if texts.section_of(path) == section.key
        ]
        ticked = sum(1 for line in lines if line["ticked"])
        sections.append({"title": section.short, "lines": lines, "ticked": ticked})
    return [section for section in sections if section["lines"]]
