"""Sheets: one thing of the counter, read-only, whatever its structure."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.backoffice import journal_lines, navigating, sheets
from guichet.backoffice.operations import note_look_up
from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest, duty_required
from guichet.journal import queries as journal
from guichet.web.requests import gives_content


@never_cache
@duty_required(Duty.SEARCH)
@require_safe
def show_sheet(request: ActorRequest, kind: str, ref: str) -> HttpResponse:
    """Facts, links, and for those who read the journal what it tells."""
    who, at = request.actor, request.received_at
    found = sheets.sheet(kind, ref, who, at)
    if found.is_person and gives_content(request):
        note_look_up(by=who, kind="person", at=at)
    sees_journal = who.may(Duty.SEE_JOURNAL)
    context = {
        "sheet": found,
        "links": [(words, href) for words, href in found.links if navigating.may_open(who, href)],
        "sees_journal": sees_journal,
        "lines": journal_lines.lines(
            (proof.entry for proof in journal.proofs_about(found.subjects)), who
        )
        if sees_journal
        else [],
    }
    return render(request, "backoffice/sheet.html", context)
