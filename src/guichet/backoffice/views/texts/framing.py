"""What the pages of texts share: who enters, the tabs, a form that is sent."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import ActorRequest
from guichet.notifications.wording.operations import Writer
from guichet.web import watching
from guichet.web.forms import RefusalFormMixin


def framed(request: ActorRequest, tab: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of the texts, under the tab of its kind; 422 when a form of it is to be mended."""
    tabs: list[tuple[str, str, str]] = [
        ("mails", _("Courriers"), reverse("backoffice:mail-texts")),
        ("terms", _("Conditions et politiques"), reverse("backoffice:terms")),
        ("agreements", _("Acceptations"), reverse("backoffice:agreements")),
        ("announcements", _("Annonces"), reverse("backoffice:announcements")),
    ]
    if not request.actor.may(Duty.WRITE_TEXTS):
        tabs = [one for one in tabs if one[0] == tab]
    form = context.get("form")
    is_wrong = form is not None and form.is_bound and bool(form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    values = {"tabs": tabs, "tab": tab, **context}
    return render(request, f"backoffice/texts/{template}.html", values, status=status)


def is_done(request: ActorRequest, form: RefusalFormMixin, act: Callable[[], Any]) -> bool:
    """Whether what was sent is done; what is refused is told on the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except Refusal as refusal:
        if refusal.code is Code.MOVE_FORBIDDEN:
            raise
        watching.tell(request, refusal)
        form.add_objections(refusal.all)
        return False
    return True


def writer_of(request: ActorRequest) -> Writer:
    """Who writes, as operations take them."""
    actor = request.actor
    return Writer(
        ref=actor.ref,
        label=actor.label,
        account_id=actor.account_id,
        accounts=actor.accounts,
        email=actor.email,
    )
