"""Résumé and Demande of a dossier."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import texts
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations.drafting import content_of
from guichet.habilitations.queries import applicant, declared, life
from guichet.habilitations.standing import staff_standing
from guichet.identities.access import ActorRequest, login_required


@login_required
@require_safe
def summary(request: ActorRequest, number: int) -> HttpResponse:
    """Where the dossier stands, the last message, what is asked, what was decided."""
    try:
        row = applicant.row_of(number, request.actor)
    except Refusal as refusal:
        if refusal.code is Code.DOSSIER_UNKNOWN and staff_standing(request.actor) is not None:
            return redirect("instruction:dossier", number)
        raise
    dossier = applicant.shown_of(row, request.actor)
    typed = Typed.from_json(row.draft)
    asked = dossier.asked
    context = {
        "dossier": dossier,
        "tab": "summary",
        "reason": texts.CORRECTION_REASONS.get(asked.reason, "") if asked else "",
        "asked_fields": [
            (path, texts.label_of(path, typed), comment)
            for path, comment in (asked.comments.items() if asked else ())
        ],
        "message": life.last_message(row) if dossier.deposited else None,
        "decision": life.decision(row),
        "steps": life.steps(row),
        "ahead": life.next_steps(row),
    }
    return render(request, "habilitations/summary.html", context)


@login_required
@require_safe
def declaration(request: ActorRequest, number: int) -> HttpResponse:
    """Everything declared, as it was deposited, and what changed between deposits."""
    row = applicant.row_of(number, request.actor)
    dossier = applicant.shown_of(row, request.actor)
    typed = content_of(row)
    context = {
        "dossier": dossier,
        "tab": "declaration",
        "pairs": texts.company_pairs(row.company, row.siret),
        "annuaire": f"{texts.ANNUAIRE}{row.siret}",
        "parts": declared.parts(typed),
        "administrators": declared.administrators(row, typed),
        "pieces": declared.pieces(row),
        **_differences(request, row, typed),
    }
    return render(request, "habilitations/declaration.html", context)


def _differences(request: ActorRequest, row: Dossier, typed: Typed) -> dict[str, Any]:
    """Edits not deposited, and what changed from one deposit to another (?de=1&a=2)."""
    found: dict[str, Any] = {"revisions": declared.revisions(row)}
    if row.draft_differs:
        found["unsent"] = declared.changes(typed, Typed.from_json(row.draft))
    if len(found["revisions"]) < 2:
        return found
    last = found["revisions"][0].n
    after, before = _rank(request, "a", last), _rank(request, "de", last - 1)
    left, right = declared.content(row, before), declared.content(row, after)
    if left is not None and right is not None:
        found |= {"before": before, "after": after, "changes": declared.changes(left, right)}
    return found


def _rank(request: ActorRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
