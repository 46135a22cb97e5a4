"""The demo's mailbox: every e-mail the portal wrote, so that nobody needs a mail server to try."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.notifications import enclosures, queries
from guichet.web.drawn import moment_words
from guichet.web.requests import is_from_this_machine
from guichet.web.resume import LoginRequired

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def demo_only(view: View[P]) -> View[P]:
    """Answer 404 outside the demo: these pages show everybody's e-mails, with links that open.

    A demo that others can reach (GUICHET_LISTEN) shows them to whoever logged in.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.GUICHET.demo:
            raise Http404
        if getattr(request, "actor", None) is None and not is_from_this_machine(request):
            raise LoginRequired
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Every e-mail, newest first."""
    return render(
        request, "notifications/mails.html", {"page": queries.page(request.GET.get("page"))}
    )


@demo_only
@require_safe
def mail(request: HttpRequest, key: UUID) -> HttpResponse:
    """One e-mail as its reader sees it."""
    found = queries.mail(key)
    if found is None:
        raise Http404
    return render(
        request, "notifications/mail.html", {"mail": found, "description": _description(found)}
    )


@demo_only
@require_safe
def enclosure(request: HttpRequest, key: UUID, rank: int) -> HttpResponse:
    """One file of an e-mail, as a download."""
    found = queries.mail(key)
    references = found.encloses if found else ()
    made = enclosures.make(references[rank]) if rank < len(references) else None
    if made is None:
        raise Http404
    answer = HttpResponse(made.content, content_type=made.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def _description(mail: queries.WrittenMail) -> list[tuple[str, object]]:
    return [
        (_("Expéditeur"), settings.GUICHET.email_from),
        (_("Destinataires"), list(mail.to)),
        (_("Écrit le"), moment_words(mail.created_at)),
        (_("Envoyé le"), moment_words(mail.sent_at) if mail.sent_at else _("pas encore")),
    ]
