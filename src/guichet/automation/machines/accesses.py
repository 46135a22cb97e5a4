"""How an account's machines come in: secrets shown once, certificates bound, all of it revoked."""

import secrets
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.automation.machines import commands, operations, queries, texts
from guichet.automation.machines.forms import LabelForm
from guichet.automation.machines.hands import Hand
from guichet.automation.machines.views import FORM, frame, to_account
from guichet.domain.machines import CredentialKind
from guichet.domain.refusals import Code, Refusal
from guichet.identities import machines as identities
from guichet.identities.access import ActorRequest, login_required
from guichet.orders.certificate_choice import Choice, ChoiceForm
from guichet.web import watching
from guichet.web.forms import posted, refusals_on, status_of

KINDS: Final[Mapping[str, CredentialKind]] = {
    "jeton": CredentialKind.TOKEN,
    "cle-acme": CredentialKind.EAB,
    "secret-est": CredentialKind.EST_SECRET,
}
PLACE: Final = "#acces"
SERVED: Final = "automates.served"
SERVED_AT_MOST: Final = 20


@never_cache
@login_required
@require_http_methods(FORM)
def make_secret(request: ActorRequest, key: UUID, kind: str) -> HttpResponse:
    """A secret, in the answer to the press that makes it and nowhere else."""
    hand = Hand(request.actor, request.received_at)
    machine = queries.visible(hand, key)
    operations.require_held(hand, machine)
    form = LabelForm(
        posted(request),
        initial={"once": secrets.token_urlsafe(16)},
    )
    context = {**frame(machine, hand), "kind": kind, "words": texts.KINDS[KINDS[kind]]}
    if request.method == "POST" and form.is_valid():
        once = form.cleaned_data["once"]
        if once and once in request.session.get(SERVED, []):
            return to_account(key, PLACE)  # the same button, pressed twice: it was shown
        try:
            issued = operations.make_secret(
                key=key,
                kind=KINDS[kind],
                label=form.cleaned_data["label"],
                by=request.actor,
                at=request.received_at,
            )
        except Refusal as refusal:
            watching.tell(request, refusal)
            form.add_objections(refusal.all)
        else:
            served = [*request.session.get(SERVED, []), once]
            request.session[SERVED] = served[-SERVED_AT_MOST:]
            context |= {"shown": commands.shown(machine, issued), "facts": issued.facts}
            return render(request, "automation/secret_shown.html", context)
    status = status_of(form)
    return render(request, "automation/secret_form.html", {**context, "form": form}, status=status)


@never_cache
@login_required
@require_http_methods(FORM)
def bind(request: ActorRequest, key: UUID) -> HttpResponse:
    """Bind one of the structure's certificates, chosen among those found."""
    hand = Hand(request.actor, request.received_at)
    machine = queries.visible(hand, key)
    operations.require_held(hand, machine)
    choice = Choice.of(machine.scope.structure_id, request.GET, hand.actor, hand.at)
    form = ChoiceForm(posted(request), choice)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            operations.bind(
                key=key,
                number=int(form.cleaned_data["product"]),
                by=request.actor,
                at=request.received_at,
            )
            return to_account(key, PLACE)
    context = {**frame(machine, hand), "form": form, **choice.context}
    status = status_of(form)
    return render(request, "automation/bind.html", context, status=status)


@never_cache
@login_required
@require_http_methods(FORM)
def revoke(request: ActorRequest, key: UUID, credential: UUID) -> HttpResponse:
    """Revoke a credential, after a page that says what stops."""
    hand = Hand(request.actor, request.received_at)
    machine = queries.visible(hand, key)
    if request.method == "POST":
        operations.revoke_credential(
            key=key, credential=credential, by=request.actor, at=request.received_at
        )
        return to_account(key, PLACE)
    found = next((c for c in identities.credentials_of(key) if c.key == credential), None)
    if found is None:
        raise Refusal(Code.CREDENTIAL_UNKNOWN)
    context = {**frame(machine, hand), "credential": found, "words": texts.KINDS[found.kind]}
    return render(request, "automation/credential_revoke.html", context)
