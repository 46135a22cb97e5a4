"""What the pages of texts share: the tabs, and who writes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest
from guichet.notifications.wording.operations import Writer
from guichet.web.forms import status_of


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
    status = status_of(*([form] if form is not None else []))
    values = {"tabs": tabs, "tab": tab, **context}
    return render(request, f"backoffice/texts/{template}.html", values, status=status)


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
