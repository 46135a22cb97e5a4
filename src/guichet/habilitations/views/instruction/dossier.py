"""One dossier: side by side with the registers, its history, notes, who has it, who follows it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.domain.dossier.typed import Typed, differences
from guichet.habilitations import texts
from guichet.habilitations.instruction_forms import AssignForm, NoteForm
from guichet.habilitations.models import Dossier, Revision
from guichet.habilitations.operations import examining, instructing
from guichet.habilitations.outlook import Outlook, outlook_of
from guichet.habilitations.queries import history, pieces
from guichet.habilitations.stewardship import READERS, STAFF
from guichet.habilitations.views.instruction.comparison import compared, findings_of
from guichet.habilitations.views.instruction.framing import act_once, back, frame, opened
from guichet.habilitations.views.instruction.telling import timeline
from guichet.identities.access import ActorRequest, role_required
from guichet.identities.staff import staff
from guichet.journal.events import Event


@never_cache
@role_required(*READERS)
@require_safe
def show_dossier(request: ActorRequest, number: int) -> HttpResponse:
    """What was declared beside what the registers say, and what may be done about it."""
    row = opened(request, number)
    before = instructing.see(number=number, by=request.actor, at=request.received_at)
    revisions = history.revisions(row)
    found = outlook_of(row, revisions[-1], request.received_at)
    examining.keep(row, found, request.received_at)
    pending = history.pending_correction(row)
    previous = Typed.from_json(revisions[-2].content) if len(revisions) > 1 else None
    decided = history.decisions(row)
    context = {
        **frame(request, row, "dossier"),
        "seen_before": before,
        "found": found,
        "parts": compared(
            found, row.company, before=previous, asked=pending.fields if pending else None
        ),
        "findings": findings_of(found.verdicts),
        "objections": [texts.objection_words(o) for o in found.objections],
        "is_proposed": found.is_proposed,
        "revisions": revisions,
        "decided": decided,
        "waiting": next((d for d in decided if d.is_waiting), None),
        "confirmations": history.confirmations(row),
        "pieces": pieces.seen_by_staff(
            pieces.every(row), [revision.deposited_at for revision in revisions]
        ),
        "asked_pieces": [
            (texts.LABELS[path], pending.fields[path])
            for path in texts.FILES
            if pending and path in pending.fields
        ],
        "annotations": history.annotations(row),
        "follows": history.follows(row, request.actor),
        "followers": history.followers(row),
        "is_own_card": _names_own_card(found, request),
        **_forms(row),
    }
    return render(request, "habilitations/instruction/dossier.html", context)


@never_cache
@role_required(*READERS)
@require_safe
def show_history(request: ActorRequest, number: int) -> HttpResponse:
    """Differences between two revisions, corrections, decisions, the journal."""
    row = opened(request, number)
    revisions = history.revisions(row)
    old, new = _two(revisions, request.GET.get("de", ""), request.GET.get("a", ""))
    context = {
        **frame(request, row, "history"),
        "revisions": revisions,
        "old": old,
        "new": new,
        "changes": _changes(old, new),
        "corrections": _corrections(row),
        "decided": history.decisions(row),
        "events": timeline(number, Typed.from_json(new.content)),
    }
    return render(request, "habilitations/instruction/history.html", context)


@role_required(*STAFF)
@require_POST
def follow(request: ActorRequest, number: int) -> HttpResponse:
    """Follow a dossier, or stop; pressed twice, it is done once."""
    opened(request, number)
    wanted = request.POST.get("suivre") == "oui"
    instructing.follow(number=number, by=request.actor, follows=wanted, at=request.received_at)
    return back(request, number)


@role_required(*STAFF)
@require_POST
def assign(request: ActorRequest, number: int) -> HttpResponse:
    """Give a dossier to somebody or to nobody, unless somebody else just did."""
    opened(request, number)
    form = AssignForm(request.POST, staff=staff(*STAFF))
    if form.is_valid():
        act_once(
            request,
            number,
            {Event.DOSSIER_ASSIGNED.value},
            lambda: instructing.assign(
                number=number, to=form.chosen(), by=request.actor, at=request.received_at
            ),
            assignee=request.POST.get("avant", ""),
        )
    return back(request, number)


@role_required(*STAFF)
@require_POST
def annotate(request: ActorRequest, number: int) -> HttpResponse:
    """Leave a note that the applicant never sees."""
    opened(request, number)
    form = NoteForm(request.POST)
    if form.is_valid():
        body = form.cleaned_data["body"]
        instructing.annotate(number=number, body=body, by=request.actor, at=request.received_at)
    return back(request, number)


def _forms(row: Dossier) -> dict[str, object]:
    given = {"to": str(row.assignee_id or "")}
    return {
        "assign_form": AssignForm(None, staff=staff(*STAFF), initial=given),
        "note_form": NoteForm(),
    }


def _names_own_card(found: Outlook, request: ActorRequest) -> bool:
    declared, own = found.declared, request.actor.card_number
    if declared is None or own is None:
        return False
    cards = {who.card_number.value for who in declared.administrators}
    return own in cards | {declared.representative.card_number.value}


def _two(revisions: tuple[Revision, ...], old: str, new: str) -> tuple[Revision | None, Revision]:
    """The two revisions to compare; by default the last one with the one before it."""
    by_rank = {str(revision.n): revision for revision in revisions}
    later = by_rank.get(new, revisions[-1])
    before = by_rank.get(str(later.n - 1))
    return by_rank.get(old, before), later


def _changes(old: Revision | None, new: Revision) -> list[dict[str, str]]:
    if old is None:
        return []
    first, second = Typed.from_json(old.content), Typed.from_json(new.content)
    return [
        {
            "label": texts.label_of(d.path, second if d.path in second.paths() else first),
            "before": texts.shown(d.path, d.before) if d.before else "",
            "after": texts.shown(d.path, d.after) if d.after else "",
        }
        for d in differences(first, second)
    ]


def _corrections(row: Dossier) -> list[dict[str, object]]:
    typed = Typed.from_json(row.revisions.latest("n").content)
    return [
        {
            "row": asked,
            "why": texts.CORRECTION_REASONS.get(asked.reason, asked.reason),
            "fields": [(texts.label_of(p, typed), words) for p, words in asked.fields.items()],
        }
        for asked in history.corrections(row)
    ]
