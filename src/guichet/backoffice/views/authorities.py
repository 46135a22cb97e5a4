"""Authorities and their keys: everything is shown, nothing is changed here."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.authority import overseen
from guichet.backoffice import hierarchy
from guichet.backoffice.authority_words import LISTS, STATES, WORKS, where_keys_are
from guichet.domain.certificates.authority_states import AuthorityState
from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest, duty_required
from guichet.web.environments import marked
from guichet.x509.bundles import pem


@duty_required(Duty.SEE_AUTHORITIES)
@require_safe
def list_authorities(request: ActorRequest) -> HttpResponse:
    """Each authority below the one that signed it."""
    lines = [(line, *STATES[line.state]) for line in overseen.lines()]
    return render(request, "backoffice/authorities.html", {"lines": lines})


@duty_required(Duty.SEE_AUTHORITIES)
@require_safe
def show_authority(request: ActorRequest, code: str) -> HttpResponse:
    """Certificate, key, life, lists, delegates, ceremonies."""
    found = overseen.sheet(code, request.received_at)
    label, kind = STATES[found.state]
    context: dict[str, Any] = {
        "authority": found,
        "state": {"label": label, "kind": kind},
        "works": [WORKS[work] for work in found.works],
        "key_place": _key_place(found.state),
        "lists": [(LISTS[one.kind], one) for one in found.lists],
        "held": hierarchy.held(code),
        "due": tuple(hierarchy.due(found)),
    }
    return render(request, "backoffice/authority.html", context)


@duty_required(Duty.SEE_AUTHORITIES)
@require_safe
def download_certificate(request: ActorRequest, code: str) -> HttpResponse:
    """The certificate of an authority, PEM."""
    found = overseen.sheet(code, request.received_at)
    answer = HttpResponse(pem(found.der), content_type="application/x-pem-file")
    answer["Content-Disposition"] = f'attachment; filename="{marked(f"{code}.pem")}"'
    return answer


def _key_place(state: AuthorityState) -> str:
    """Where the private key is; empty where this machine cannot tell."""
    if state in {AuthorityState.OFFLINE, AuthorityState.DESTROYED}:
        return ""
    return where_keys_are(settings.GUICHET.keystore)
