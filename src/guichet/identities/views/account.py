""" "Mon compte": who one is here, how one logs in, and what one may change of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import (
    access_queries,
    handover,
    operations,
    password_login,
    queries,
    sessions,
)
from guichet.identities.access import (
    ActorRequest,
    VisitorRequest,
    fresh_login_required,
    login_required,
)
from guichet.identities.actors import Establishment
from guichet.identities.form_pages import form_page
from guichet.identities.forms import AddressForm, IdentityForm, PasswordChangeForm
from guichet.identities.providers import ACCOUNT_PROVIDERS, PROVIDERS, Provider
from guichet.identities.queries import AccountFacts
from guichet.identities.words import DONE, LOGINS
from guichet.web.forms import posted

FIELDS: Final = {Code.PHONE_INVALID: "phone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A provider as a way into this account; `linked_at` is None while it is none."""

    key: str
    label: str
    linked_at: datetime | None
    proved: Establishment | None
    may_unlink: bool
    may_link: bool


@never_cache
@login_required
@require_safe
def show(request: ActorRequest) -> HttpResponse:
    """Identity, cards, ways to log in, recent logins."""
    facts = queries.facts(request.actor.account_id)
    context = {
        "facts": facts,
        "ways": [_way(provider, facts) for provider in ACCOUNT_PROVIDERS],
        "logins": [(login, LOGINS.get(login.by, login.by)) for login in _logins(facts)],
        "by": LOGINS[request.actor.authenticated_by],
        "sessions": [(one, LOGINS.get(one.by, one.by)) for one in _sessions(request)],
        "done": DONE.get(request.GET.get("fait", "")),
    }
    return render(request, "identities/account.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: ActorRequest) -> HttpResponse:
    """Names where nobody vouches for them, and telephone."""
    facts = queries.facts(request.actor.account_id)
    initial = {
        "given_names": facts.given_names,
        "surname": facts.surname,
        "phone": facts.phone,
    }
    form = IdentityForm(posted(request), may_rename=facts.may_rename, initial=initial)
    if form.is_valid():
        try:
            operations.describe(
                account_id=request.actor.account_id,
                by=request.actor.ref,
                at=request.received_at,
                **{**initial, **form.cleaned_data},
            )
            return _done("identite")
        except Refusal as refusal:
            form.add_refusal(refusal, FIELDS)
    return form_page(request, "identity" if facts.may_rename else "phone", form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: ActorRequest) -> HttpResponse:
    """The present password, then another; every other session ends."""
    facts = queries.facts(request.actor.account_id)
    if not facts.has_password:
        return redirect("identities:account")
    form = PasswordChangeForm(posted(request))
    if form.is_valid():
        typed, account_id = form.cleaned_data, request.actor.account_id
        try:
            _require_password(request, facts, typed["current_password"])
            operations.change_password(
                account_id=account_id, password=typed["password"], at=request.received_at
            )
            sessions.go_on(request, account_id)
            return _done("mot-de-passe")
        except Refusal as refusal:
            if refusal.code is Code.LOGIN_LOCKED:
                raise
            form.add_refusal(refusal)
    return form_page(request, "password", form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_address(request: ActorRequest) -> HttpResponse:
    """Another address: a link is sent to it, and a warning to the old one."""
    facts = queries.facts(request.actor.account_id)
    form = AddressForm(posted(request), has_password=facts.has_password)
    if form.is_valid():
        try:
            if facts.has_password:
                _require_password(request, facts, form.cleaned_data["current_password"])
            operations.ask_address(
                account_id=request.actor.account_id,
                email=form.cleaned_data["email"],
                by=request.actor.ref,
                at=request.received_at,
            )
            return _done("adresse-demandee")
        except Refusal as refusal:
            if refusal.code in {Code.LOGIN_LOCKED, Code.TOO_MANY_TRIES}:
                raise
            form.add_refusal(refusal)
    return form_page(request, "address", form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: VisitorRequest) -> HttpResponse:
    """Follow the link sent to the new address, logged in or not."""
    token, at = request.GET.get("lien", ""), request.received_at
    address = operations.address_of_link(token=token, at=at)
    if request.method == "POST":
        operations.change_address(token=token, at=at)
        return _done("adresse")
    return render(request, "identities/address_confirm.html", {"address": address})


@login_required
@require_POST
def unlink(request: ActorRequest, key: str) -> HttpResponseRedirect:
    """A provider no longer opens this account, if something else does."""
    provider = PROVIDERS[key]
    operations.unlink_identity(
        account_id=request.actor.account_id,
        provider=provider.key,
        by=request.actor.ref,
        at=request.received_at,
    )
    if provider.proves_siret:
        sessions.keep_establishment(request, None)
    return _done(provider.key)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attach_card(request: ActorRequest) -> HttpResponse:
    """The card that was just shown: who holds it, what attaching it does; then attach it."""
    mine, at = request.actor.account_id, request.received_at
    shown = handover.shown_card(request, mine, at)
    if request.method == "POST":
        operations.attach_card(
            account_id=mine, card_account_id=shown.account_id, by=request.actor.ref, at=at
        )
        handover.forget_shown_card(request)
        return _done("carte")
    context = {"number": shown.number, "holder": queries.facts(shown.account_id).display_name}
    return render(request, "identities/account_card.html", context)


@login_required
@require_POST
def detach_card(request: ActorRequest) -> HttpResponseRedirect:
    """Part this account from its twin."""
    operations.detach_card(
        account_id=request.actor.account_id, by=request.actor.ref, at=request.received_at
    )
    return _done("carte-retiree")


@login_required
@fresh_login_required(back="identities:account")
@require_POST
def end_session(request: ActorRequest, session_id: int) -> HttpResponseRedirect:
    """End a session that one has open elsewhere; one's own ends by logging out."""
    operations.end_session(
        session_id=session_id,
        account_id=request.actor.account_id,
        by=request.actor.ref,
        at=request.received_at,
    )
    return _done("session")


@login_required
@require_POST
def close_first_visit(request: ActorRequest) -> HttpResponse:
    """Put the steps of a first visit away, and go back home."""
    account, at = request.actor.account_id, request.received_at
    operations.close_first_visit(account_id=account, at=at)
    return redirect("home")


def _way(provider: Provider, facts: AccountFacts) -> Way:
    others = len(facts.linked.keys() - {provider.key})
    linked_at = facts.linked.get(provider.key)
    return Way(
        key=provider.key,
        label=provider.label,
        linked_at=linked_at,
        proved=facts.proved.get(provider.key),
        may_unlink=facts.has_password or facts.national_id is not None or others > 0,
        may_link=provider.is_offered and linked_at is None,
    )


def _require_password(request: ActorRequest, facts: AccountFacts, password: str) -> None:
    """Raises Refusal PASSWORD_WRONG on its field, LOGIN_LOCKED after too many."""
    email = operations.folded(facts.email)
    try:
        password_login.check(request, email, password, at=request.received_at)
    except Refusal as refusal:
        if refusal.code is Code.LOGIN_FAILED:
            raise Refusal(Code.PASSWORD_WRONG, field="current_password") from refusal
        raise


def _logins(facts: AccountFacts) -> tuple[queries.LoginFacts, ...]:
    return queries.recent_logins(facts.ref)


def _sessions(request: ActorRequest) -> tuple[access_queries.OpenedSession, ...]:
    this = request.session.session_key or ""
    return access_queries.sessions(request.actor.account_id, request.received_at, this=this)


def _done(what: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('identities:account')}?fait={what}")
