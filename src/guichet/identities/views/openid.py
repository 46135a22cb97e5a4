"""Login at an identity provider: send the browser there, verify what it brings back, enter."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import handover, operations, queries, sessions
from guichet.identities.access import VisitorRequest
from guichet.identities.actors import Proof
from guichet.identities.handover import Newcomer, OidcLogin
from guichet.identities.language import language_of_page
from guichet.identities.oidc import Callback
from guichet.identities.operations import ExternalPerson
from guichet.identities.providers import Provider, national_id, offered
from guichet.web.requests import path_within


@dataclass(frozen=True, slots=True)
class Entering:
    """A person whom a provider brings, and what it says of their login."""

    provider: Provider
    person: ExternalPerson
    proof: Proof


@require_safe
def begin(request: VisitorRequest, key: str) -> HttpResponseRedirect:
    """Send the browser to the provider; ?rattacher=1 links it to the account logged in.

    ?encore=1 has the person log in there anew, before a sensitive act.
    """
    provider = offered(key)
    linking, home = None, None
    if request.actor is not None and provider.opens_accounts and "rattacher" in request.GET:
        linking, home = request.actor.account_id, reverse("identities:account")
    suite = path_within(request, request.GET.get("next", home))
    client = provider.client()
    again = "encore" in request.GET
    begun = handover.begin_oidc(request, key, suite, linking=linking, again=again)
    return HttpResponseRedirect(
        client.authorization_url(
            state=begun.state, nonce=begun.nonce, verifier=begun.verifier, again=again
        )
    )


@require_safe
def finish(request: VisitorRequest, key: str) -> HttpResponseRedirect:
    """Verify the answer, then open, link, or ask whose account it is. Refusals are journalled."""
    provider = offered(key)
    try:
        begun, claims = _receive(request, provider)
        if not provider.opens_accounts:
            return _enter_known(request, provider, begun, claims)
        person = provider.person(claims, language_of_page())
        if begun.linking is not None:
            return _link(request, begun, person)
    except Refusal as refusal:
        operations.note_refused_login(by=key, why=refusal.code.value, at=request.received_at)
        raise
    account_id = queries.account_of_identity(key, person.subject)
    if account_id is None and queries.local_account(operations.folded(person.email)):
        waiting = Newcomer(person, begun.suite, request.received_at.isoformat())
        handover.keep_newcomer(request, waiting)
        return redirect(f"identities:{key}-join")
    if account_id is None:
        account_id = operations.open_external_account(person=person, at=request.received_at)
    proof = provider.proof(claims, again=begun.again, at=request.received_at)
    return enter(request, account_id, Entering(provider, person, proof), begun.suite)


def enter(
    request: VisitorRequest, account_id: int, entering: Entering, suite: str
) -> HttpResponseRedirect:
    """Open the session of an account that this identity opens, and go where one was going."""
    at, provider = request.received_at, entering.provider
    sessions.open_without_card(request, account_id, by=provider.key, at=at, proof=entering.proof)
    _prove(request, account_id, entering.person)
    return redirect(suite)


def _receive(request: VisitorRequest, provider: Provider) -> tuple[OidcLogin, Mapping[str, Any]]:
    """The login under way and the verified claims.

    Raises Refusal LOGIN_OIDC_FAILED or _UNAVAILABLE.
    """
    begun = handover.take_oidc(request, provider.key)
    if not secrets.compare_digest(request.GET.get("state", ""), begun.state):
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    code = request.GET.get("code")
    if not code or "error" in request.GET:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    callback = Callback(code=code, nonce=begun.nonce, verifier=begun.verifier)
    client = provider.client()
    return begun, client.claims(callback, wanted=provider.wanted, at=request.received_at)


def _enter_known(
    request: VisitorRequest, provider: Provider, begun: OidcLogin, claims: Mapping[str, Any]
) -> HttpResponseRedirect:
    """e-CPS opens accounts that a register knows already. Raises Refusal ACCOUNT_UNKNOWN."""
    account_id = queries.account_of_national_id(national_id(claims))
    if account_id is None:
        raise Refusal(Code.ACCOUNT_UNKNOWN)
    at = request.received_at
    proof = provider.proof(claims, again=begun.again, at=at)
    sessions.open_without_card(request, account_id, by=provider.key, at=at, proof=proof)
    return redirect(begun.suite)


def _link(
    request: VisitorRequest, begun: OidcLogin, person: ExternalPerson
) -> HttpResponseRedirect:
    actor = request.actor
    if actor is None or actor.account_id != begun.linking:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    operations.link_identity(
        account_id=actor.account_id,
        provider=person.provider,
        subject=person.subject,
        by=actor.ref,
        at=request.received_at,
    )
    _prove(request, actor.account_id, person)
    return redirect(begun.suite)


def _prove(request: VisitorRequest, account_id: int, person: ExternalPerson) -> None:
    """Keep in this session where the provider says that the person works."""
    proved = operations.prove_establishment(
        account_id=account_id, person=person, at=request.received_at
    )
    if proved is not None:
        sessions.keep_establishment(request, proved)
