"""What people agree to, for everybody to read: the version in force and those before."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guichet.domain.wording import VersionState
from guichet.terms import queries
from guichet.terms.documents import Document, Kind
from guichet.terms.words import KINDS


@require_safe
def list_documents(request: HttpRequest) -> HttpResponse:
    """Each text, the version in force, those before and the one to come."""
    at = timezone.now()
    found = [
        (kind, words, _published(kind), queries.in_force(kind, at)) for kind, words in KINDS.items()
    ]
    return render(request, "terms/list.html", {"found": found, "at": at})


@require_safe
def show_current(request: HttpRequest, kind: str) -> HttpResponse:
    """The version in force of a text."""
    at = timezone.now()
    return _page(request, queries.in_force(queries.kind_of(kind), at), at)


@require_safe
def show_version(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A version that people agreed to, or will be asked to."""
    return _page(request, queries.published(queries.kind_of(kind), number), timezone.now())


def _published(kind: Kind) -> list[Document]:
    return [one for one in queries.every(kind) if one.state is VersionState.IN_FORCE]


def _page(request: HttpRequest, found: Document, at: datetime) -> HttpResponse:
    language = get_language() or "fr"
    current = queries.in_force(found.kind, at)
    context = {
        "document": found,
        "title": KINDS[found.kind],
        "changes": found.changes(language),
        "is_current": current.number == found.number,
        "is_coming": found.in_force_from > at,
        "current": current,
    }
    return render(request, "terms/document.html", context)
