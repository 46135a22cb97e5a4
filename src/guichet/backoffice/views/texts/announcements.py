"""Announcements as staff write them: the list, the editor with its preview, withdrawing."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.backoffice import announcements
from guichet.backoffice.announcing import KINDS
from guichet.backoffice.forms.announcements import AUDIENCES, LEVELS, SCOPES, AnnouncementForm
from guichet.backoffice.views.texts.framing import framed
from guichet.domain.announcements import Announcement, require_times
from guichet.domain.duties import Duty
from guichet.domain.refusals import Code
from guichet.domain.texts import whole_number
from guichet.identities.access import ActorRequest, duty_required
from guichet.web.forms import is_done, posted

PREVIEW = "apercu"


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_safe
def list_announcements(request: ActorRequest) -> HttpResponse:
    """All of them, the last to begin first."""
    at = request.received_at
    found = [
        {
            "one": one,
            "level": LEVELS[one.level],
            "kind": KINDS[one.level],
            "audience": AUDIENCES[one.audience],
            "scope": SCOPES[one.scope],
            "is_shown": one.is_shown(at),
            "is_coming": one.starts_at > at and one.withdrawn_at is None,
        }
        for one in announcements.listed()
    ]
    return framed(request, "announcements", "announcements/list", {"found": found})


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, number: int | None = None) -> HttpResponse:
    """Write an announcement or change one; looked at in both languages before it is shown."""
    found = announcements.find(number) if number is not None else None
    form = AnnouncementForm(
        posted(request),
        initial=AnnouncementForm.beginning(found),
    )
    at, is_preview = request.received_at, request.POST.get("acte") == PREVIEW
    seen = whole_number(request.POST.get("seen", ""))

    def do() -> None:
        wording = form.wording()
        require_times(wording.starts_at, wording.ends_at, at)
        if not is_preview:
            announcements.write(wording=wording, by=request.actor, at=at, number=number, seen=seen)

    is_good = is_done(request, form, do)
    if is_good and not is_preview:
        return _to_list()
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "seen": _read_by_now(form, found) or seen,
        "preview": form.wording() if is_good else None,
    }
    if is_good:
        context["preview_kind"] = KINDS[form.wording().level]
    return framed(request, "announcements", "announcements/edit", context)


@duty_required(Duty.WRITE_TEXTS)
@require_POST
def withdraw(request: ActorRequest, number: int) -> HttpResponse:
    """Show an announcement no more."""
    announcements.withdraw(number=number, by=request.actor, at=request.received_at)
    return _to_list()


def _read_by_now(form: AnnouncementForm, found: Announcement | None) -> int:
    """The revision that the page shows, or tells of; 0 while another is being corrected."""
    is_told = form.has_error(NON_FIELD_ERRORS, Code.ANNOUNCEMENT_CHANGED.value)
    return found.revision if found and (is_told or not form.is_bound) else 0


def _to_list() -> HttpResponse:
    return HttpResponseRedirect(reverse("backoffice:announcements"))
