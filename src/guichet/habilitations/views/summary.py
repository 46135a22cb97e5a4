"""Résumé and Demande of a dossier."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import texts
from guichet.habilitations.models import Attachment, Dossier
from guichet.habilitations.operations.drafting import content_of
from guichet.habilitations.queries import applicant, declared, life, pieces, recoveries
from guichet.habilitations.queries.pieces import File
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
        "taken_over": recoveries.asked_of_owner(row),
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
    typed, files = content_of(row), pieces.every(row)
    last = dossier.deposited.at if dossier.deposited else None
    shown = pieces.deposited(files, last)
    context = {
        "dossier": dossier,
        "tab": "declaration",
        "pairs": texts.company_pairs(row.company, row.siret),
        "annuaire": f"{texts.ANNUAIRE}{row.siret}",
        "parts": declared.parts(typed),
        "administrators": declared.administrators(row, typed),
        "mandates": [file for file in shown if file.kind == Attachment.MANDATE],
        "supporting": [file for file in shown if file.kind == Attachment.SUPPORTING],
        **_differences(request, row, typed, files),
    }
    return render(request, "habilitations/declaration.html", context)


def _differences(
    request: ActorRequest, row: Dossier, typed: Typed, files: tuple[File, ...]
) -> dict[str, Any]:
    """Edits not deposited, and what changed from one deposit to another (?de=1&a=2)."""
    revisions = declared.revisions(row)
    found: dict[str, Any] = {"revisions": revisions}
    if row.draft_differs and revisions:
        carried = pieces.deposited(files, revisions[0].deposited_at)
        found["unsent"] = (
            *declared.changes(typed, Typed.from_json(row.draft)),
            *declared.piece_changes(carried, pieces.current(files)),
        )
    if len(revisions) < 2:
        return found
    last, at = revisions[0].n, {one.n: one.deposited_at for one in revisions}
    after, before = _rank(request, "a", last), _rank(request, "de", last - 1)
    left, right = declared.content(row, before), declared.content(row, after)
    if left is not None and right is not None:
        sides = (pieces.deposited(files, at[n]) for n in (before, after))
        changes = (*declared.changes(left, right), *declared.piece_changes(*sides))
        found |= {"before": before, "after": after, "changes": changes}
    return found


def _rank(request: ActorRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
