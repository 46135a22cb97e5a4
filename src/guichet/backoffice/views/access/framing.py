"""What the pages of access share: their tabs, and forms that give back what was typed."""

from typing import Any, TypeVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.identities.access import ActorRequest
from guichet.identities.words import ROLES
from guichet.web import resume
from guichet.web.forms import status_of

F = TypeVar("F", bound=forms.Form)


def framed(request: ActorRequest, tab: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of access under its tab; 422 when a form of it is to be mended."""
    tabs = [
        ("people", _("Personnes"), reverse("backoffice:access")),
        ("requests", _("Demandes de rôle"), reverse("backoffice:role-requests")),
        ("reviews", _("Revues"), reverse("backoffice:access-reviews")),
        ("emergencies", _("Urgences"), reverse("backoffice:emergencies")),
        ("idle", _("Sans connexion"), reverse("backoffice:access-idle")),
    ]
    form = context.get("form")
    status = status_of(*([form] if form is not None else []))
    values = {"access_tabs": tabs, "access_tab": tab, **context}
    return render(request, f"backoffice/access/{template}.html", values, status=status)


def form_of(request: ActorRequest, kind: type[F], **options: Any) -> F:
    """The form of a page: bound to what is sent; what was typed before a login is given back."""
    if request.method == "POST":
        return kind(request.POST, **options)
    typed = resume.typed(request)
    initial = {**options.pop("initial", {}), **(typed.dict() if typed else {})}
    return kind(initial=initial, **options)


def role_words(roles: Any) -> list[str]:
    """Roles in words."""
    return [str(ROLES.get(role, role)) for role in roles]
