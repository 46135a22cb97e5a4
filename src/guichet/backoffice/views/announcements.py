"""Announcements for everybody: a page, feeds, and closing one for the session."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.backoffice import announcements, announcing
from guichet.domain.announcements import Announcement, Audience
from guichet.web.requests import path_within

CLOSED_AT_MOST: Final = 100
EVERYBODY: Final = frozenset({Audience.EVERYBODY})


@require_safe
def list_announcements(request: HttpRequest) -> HttpResponse:
    """What was announced to this reader these last months."""
    at, audiences = timezone.now(), announcing.audiences_of(getattr(request, "actor", None))
    found = announcements.public(at, audiences)
    context = {"found": [(announcing.drawn(one), one.is_shown(at)) for one in found]}
    return render(request, "backoffice/announcements.html", context)


@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Show an announcement no more in this session, unless it changes."""
    found = announcements.find(number)
    before = [key for key in request.session.get(announcing.CLOSED, []) if key != found.key]
    request.session[announcing.CLOSED] = [*before, found.key][-CLOSED_AT_MOST:]
    return HttpResponseRedirect(path_within(request, request.POST.get("next")))


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """What was announced to everybody, as an Atom feed (RFC 4287)."""
    feed = Atom1Feed(
        title=_("Annonces du guichet"),
        link=_page(),
        description=None,
        language=get_language(),
        feed_url=f"{settings.GUICHET.portal_url}{reverse('announcements:atom')}",
    )
    for one in announcements.public(timezone.now(), EVERYBODY):
        feed.add_item(
            title=one.title(get_language() or "fr"),
            link=_address(one),
            description=one.text(get_language() or "fr"),
            unique_id=_address(one),
            pubdate=one.starts_at,
            updateddate=one.withdrawn_at or one.starts_at,
            categories=(one.level.value,),
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


@require_safe
def feed(request: HttpRequest) -> JsonResponse:
    """The same as JSON, in both languages, for programs."""
    at = timezone.now()
    items = [
        {
            "number": one.number,
            "level": one.level.value,
            "scope": one.scope.value,
            "title": {"fr": one.title_fr, "en": one.title_en},
            "text": {"fr": one.text_fr, "en": one.text_en},
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat() if one.ends_at else None,
            "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
            "is_shown": one.is_shown(at),
            "url": _address(one),
        }
        for one in announcements.public(at, EVERYBODY)
    ]
    return JsonResponse({"announcements": items})


def _page() -> str:
    return f"{settings.GUICHET.portal_url}{reverse('announcements:list')}"


def _address(one: Announcement) -> str:
    return f"{_page()}#annonce-{one.number}"
