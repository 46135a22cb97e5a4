"""Login by FranceConnect, or by a provider like it: the first time opens an account."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import handover, operations, password_login, queries, sessions
from guichet.identities.access import VisitorRequest
from guichet.identities.forms import PasswordForm, posted
from guichet.identities.handover import Newcomer
from guichet.identities.language import language_of_page
from guichet.identities.operations import ExternalPerson
from guichet.identities.providers import FRANCECONNECT, person
from guichet.identities.views import openid

PROVIDER = FRANCECONNECT.key


@require_safe
def begin(request: VisitorRequest) -> HttpResponseRedirect:
    """Send the browser to the provider; ?rattacher=1 links it to the account logged in."""
    if not settings.GUICHET.franceconnect_issuer:
        raise Http404
    if request.actor is not None and "rattacher" in request.GET:
        account_page = reverse("identities:account")
        linking = request.actor.account_id
        return openid.send(request, FRANCECONNECT, linking=linking, suite=account_page)
    return openid.send(request, FRANCECONNECT)


@require_safe
def finish(request: VisitorRequest) -> HttpResponseRedirect:
    """Verify the answer, then open, link, or ask whose account it is. Refusals are journalled."""
    try:
        begun, claims = openid.receive(request, FRANCECONNECT)
        someone = person(claims, language_of_page())
        if begun.linking is not None:
            return _link(request, begun, someone)
    except Refusal as refusal:
        operations.note_refused_login(by=PROVIDER, why=refusal.code.value, at=request.received_at)
        raise
    account_id = queries.account_of_identity(PROVIDER, someone.subject)
    if account_id is None and queries.local_account(operations.folded(someone.email)):
        handover.keep_newcomer(request, _newcomer(request, someone, begun.suite))
        return redirect("identities:franceconnect-join")
    if account_id is None:
        account_id = operations.open_external_account(person=someone, at=request.received_at)
    sessions.open_without_card(request, account_id, by=PROVIDER, at=request.received_at)
    return redirect(begun.suite)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: VisitorRequest) -> HttpResponse:
    """A local account has the same address: link it by its password, or go on without it."""
    waiting = handover.newcomer(request, request.received_at)
    form = PasswordForm(posted(request))
    if request.method == "POST" and "apart" in request.POST:
        someone = _person(waiting)
        account_id = operations.open_external_account(person=someone, at=request.received_at)
        return _enter(request, account_id, waiting)
    if form.is_valid():
        try:
            account_id = _linked_by_password(request, waiting, form.cleaned_data["password"])
            return _enter(request, account_id, waiting)
        except Refusal as refusal:
            if refusal.code is Code.LOGIN_LOCKED:
                raise
            form.add_refusal(refusal, {Code.LOGIN_FAILED: "password"})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "waiting": waiting}
    return render(request, "identities/franceconnect_join.html", context, status=status)


def _link(
    request: VisitorRequest, begun: handover.OidcLogin, someone: ExternalPerson
) -> HttpResponseRedirect:
    actor = request.actor
    if actor is None or actor.account_id != begun.linking:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    operations.link_identity(
        account_id=actor.account_id,
        provider=PROVIDER,
        subject=someone.subject,
        by=actor.ref,
        at=request.received_at,
    )
    return redirect(begun.suite)


def _linked_by_password(request: VisitorRequest, waiting: Newcomer, password: str) -> int:
    email = operations.folded(waiting.email)
    account_id = password_login.check(request, email, password, at=request.received_at)
    operations.link_identity(
        account_id=account_id,
        provider=PROVIDER,
        subject=waiting.subject,
        by=f"identity:{PROVIDER}",
        at=request.received_at,
    )
    return account_id


def _enter(request: VisitorRequest, account_id: int, waiting: Newcomer) -> HttpResponseRedirect:
    handover.forget_newcomer(request)
    sessions.open_without_card(request, account_id, by=PROVIDER, at=request.received_at)
    return redirect(waiting.suite)


def _newcomer(request: VisitorRequest, someone: ExternalPerson, suite: str) -> Newcomer:
    return Newcomer(
        subject=someone.subject,
        given_names=someone.given_names,
        surname=someone.surname,
        email=someone.email,
        suite=suite,
        since=request.received_at.isoformat(),
    )


def _person(waiting: Newcomer) -> ExternalPerson:
    return ExternalPerson(
        provider=PROVIDER,
        subject=waiting.subject,
        given_names=waiting.given_names,
        surname=waiting.surname,
        email=waiting.email,
        language=language_of_page(),
    )
