"""Login by e-mail and password, and the way back in when the password is forgotten."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import operations, password_login, sessions
from guichet.identities.access import VisitorRequest
from guichet.identities.form_pages import form_page
from guichet.identities.forms import EmailForm, LoginForm, NewPasswordForm
from guichet.identities.operations import throttle
from guichet.identities.peer import client_address
from guichet.web.forms import posted, status_of
from guichet.web.requests import path_within


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: VisitorRequest) -> HttpResponse:
    """Address and password; a lock-out has a page of its own."""
    suite = path_within(request, request.GET.get("next"))
    if request.actor is not None:
        return redirect(suite)
    form = LoginForm(posted(request))
    refused: Code | None = None
    if form.is_valid():
        try:
            return _enter(request, form, suite)
        except Refusal as refusal:
            refused = refusal.code
            if refused is Code.LOGIN_LOCKED:
                raise
            form.add_refusal(refusal)
    status = status_of(form)
    context = {
        "form": form,
        "suite": suite,
        "is_unconfirmed": refused is Code.EMAIL_NOT_VERIFIED,
        "is_reset": request.GET.get("fait") == "mot-de-passe",
    }
    return render(request, "identities/password.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: VisitorRequest) -> HttpResponse:
    """Ask for a link; the answer is the same for every address."""
    form = EmailForm(posted(request))
    if form.is_valid():
        place, at = client_address(request), request.received_at
        throttle.count(throttle.RESET_BY_PLACE, place, at=at)
        operations.ask_reset(email=form.cleaned_data["email"], at=at)
        return redirect("identities:forgotten-sent")
    return form_page(request, "forgotten", form)


@require_safe
def forget_sent(request: VisitorRequest) -> HttpResponse:
    """What to look for in the mailbox."""
    return render(request, "identities/forgotten_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: VisitorRequest) -> HttpResponse:
    """Follow the link: a new password; then log in with it."""
    token, at = request.GET.get("lien", ""), request.received_at
    operations.require_reset_link(token=token, at=at)
    form = NewPasswordForm(posted(request))
    if form.is_valid():
        try:
            operations.reset_password(token=token, password=form.cleaned_data["password"], at=at)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            sessions.close(request)
            return redirect(reverse("identities:password") + "?fait=mot-de-passe")
    return form_page(request, "reset", form)


def _enter(request: VisitorRequest, form: LoginForm, suite: str) -> HttpResponseRedirect:
    typed, at = form.cleaned_data, request.received_at
    email = operations.folded(typed["email"])
    account_id = password_login.check(request, email, typed["password"], at=at)
    sessions.open_without_card(request, account_id, by="account", at=at)
    return redirect(suite)
