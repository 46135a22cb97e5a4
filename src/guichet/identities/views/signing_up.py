"""Opening a local account: sign up, confirm the address, ask for the link again."""

import secrets

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import handover, operations, sessions
from guichet.identities.access import VisitorRequest
from guichet.identities.form_pages import form_page
from guichet.identities.forms import EmailForm, PasswordForm, SignUpForm
from guichet.identities.language import language_of_page
from guichet.identities.operations import throttle
from guichet.identities.peer import client_address
from guichet.web.forms import posted, status_of
from guichet.web.requests import path_within


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: VisitorRequest) -> HttpResponse:
    """The form; its answer is the same whether the address is known or not."""
    suite = path_within(request, request.GET.get("next"))
    if request.actor is not None:
        return redirect(suite)
    form = SignUpForm(posted(request))
    if form.is_valid():
        try:
            return _sign_up(request, form, suite)
        except Refusal as refusal:
            if refusal.code is Code.TOO_MANY_TRIES:
                raise
            form.add_refusal(refusal)
    return form_page(request, "sign-up", form)


@require_safe
def sent(request: VisitorRequest) -> HttpResponse:
    """What to look for in the mailbox."""
    return render(request, "identities/sign_up_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: VisitorRequest) -> HttpResponse:
    """Follow the link. A button does it: programs that open every link of an e-mail burn none."""
    token, at = request.GET.get("lien", ""), request.received_at
    begun = handover.sign_up(request)
    asks = operations.confirmation_needs_password(token=token, nonce=begun.nonce, at=at)
    form = PasswordForm(posted(request)) if asks else None
    if request.method == "POST" and (form is None or form.is_valid()):
        password = form.cleaned_data["password"] if form else ""
        try:
            account_id = operations.confirm(
                token=token, nonce=begun.nonce, password=password, at=at
            )
        except Refusal as refusal:
            if form is None or refusal.code is not Code.PASSWORD_WRONG:
                raise
            form.add_refusal(refusal)
        else:
            handover.forget_sign_up(request)
            sessions.open_without_card(request, account_id, by="account", at=at)
            return redirect(begun.suite)
    status = status_of(*([form] if form is not None else []))
    return render(request, "identities/confirm.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: VisitorRequest) -> HttpResponse:
    """Ask for the confirmation again; the answer is the same for every address."""
    form = EmailForm(posted(request))
    if form.is_valid():
        place, at = client_address(request), request.received_at
        throttle.count(throttle.RESEND_BY_PLACE, place, at=at)
        operations.resend(email=form.cleaned_data["email"], at=at)
        return redirect("identities:sign-up-sent")
    return form_page(request, "resend", form)


def _sign_up(request: VisitorRequest, form: SignUpForm, suite: str) -> HttpResponseRedirect:
    typed, at = form.cleaned_data, request.received_at
    throttle.count(throttle.SIGN_UP_BY_PLACE, client_address(request), at=at)
    nonce = secrets.token_urlsafe(32)
    operations.sign_up(
        asked=operations.SignUpAsked(
            email=typed["email"],
            password=typed["password"],
            given_names=typed["given_names"],
            surname=typed["surname"],
            language=language_of_page(),
        ),
        nonce=nonce,
        at=at,
    )
    handover.keep_sign_up(request, handover.SignUp(nonce, suite))
    return redirect("identities:sign-up-sent")
