"""Verifying a paper by its code: for anybody, without a login, telling of nobody."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.forms.exchanges import CodeForm
from guichet.habilitations.queries import verification
from guichet.identities.access import VisitorRequest
from guichet.identities.operations import throttle
from guichet.identities.peer import client_address
from guichet.web import waits
from guichet.web.forms import status_of

LOOKS: Final = throttle.Limit("verify-paper", 60, timedelta(minutes=10))


@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Type a code."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = verification.normal(form.cleaned_data["code"])
        if verification.CODE.fullmatch(code):
            return HttpResponseRedirect(reverse("habilitations:verified", args=[code]))
        form.add_error("code", _unknown())
    return _form(request, form, status_of(form))


@never_cache
@require_safe
def verified(request: VisitorRequest, code: str) -> HttpResponse:
    """What the code proves; so many looks from one place, so that nobody tries them all."""
    asked = verification.normal(code)
    try:
        throttle.count(LOOKS, client_address(request), at=request.received_at)
    except Refusal as refusal:
        if refusal.code is not Code.TOO_MANY_TRIES:
            raise
        waits.note(request, refusal)
        form = _filled(asked, _("Trop de vérifications d’affilée. Réessayez dans dix minutes."))
        return _form(request, form, HTTPStatus.TOO_MANY_REQUESTS)
    found = verification.verified(asked)
    if found is None:
        return _form(request, _filled(asked, _unknown()), HTTPStatus.NOT_FOUND)
    return render(request, "habilitations/verified.html", {"paper": found})


def _form(request: HttpRequest, form: CodeForm, status: HTTPStatus) -> HttpResponse:
    return render(request, "habilitations/verify.html", {"form": form}, status=status)


def _filled(code: str, error: str) -> CodeForm:
    form = CodeForm({"code": code[:40]})
    form.is_valid()
    form.add_error("code", error)
    return form


def _unknown() -> str:
    return _(
        "Aucun document ne porte ce code. Relisez-le : il compte douze lettres et chiffres, sans "
        "0, 1, I ni O."
    )
