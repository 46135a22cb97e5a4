"""The bench's first page: what the server saw of this very connection."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.bench import formats, telling
from guichet.bench.client_steps import Seen, client_steps
from guichet.bench.commands import Commands
from guichet.bench.diagnosis import Diagnosis, diagnose
from guichet.bench.known_services import services_of
from guichet.bench.pace import LOOKS
from guichet.bench.tabs import tabs
from guichet.identities.peer import client_address, peer_of
from guichet.identities.trust import trust_folder


@dataclass(frozen=True, slots=True)
class Examined:
    """The connection of a request: what was made of it, and as it is told."""

    diagnosis: Diagnosis
    told: dict[str, Any]


def examine(request: HttpRequest) -> Examined:
    """Diagnose the connection that a request came by."""
    environment = settings.GUICHET
    at = timezone.now()
    diagnosis = diagnose(peer_of(request), trust_folder(environment.published), at)
    chain = diagnosis.peer.chain
    seen = Seen(
        diagnosis=diagnosis,
        date=request.headers.get("Date", ""),
        services=services_of(environment.published, chain[0], at) if chain else None,
        commands=Commands(environment.bench_url, environment.pki_url),
    )
    return Examined(diagnosis, telling.as_json(diagnosis, client_steps(seen)))


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Tell what the server saw: HTML, JSON (?format=json, or no HTML in Accept), text."""
    LOOKS.take(client_address(request))
    found = examine(request)
    status = telling.status_code(found.diagnosis)
    form = formats.asked_form(request)
    if form == "json":
        return formats.as_json(found.told, status)
    if form == "text":
        return formats.as_text(telling.as_text(found.told["steps"], formats.language()), status)
    commands = Commands(settings.GUICHET.bench_url, settings.GUICHET.pki_url)
    context = context_of(found.told) | {
        "diagnosis": found.diagnosis,
        "tabs": tabs(),
        "present_command": commands.present,
    }
    return render(request, "bench/handshake.html", context, status=status)


def context_of(told: dict[str, Any]) -> dict[str, Any]:
    """What the page of a diagnosis shows, kept or new."""
    connection = (
        (_("Version de TLS"), told["tls"]["version"]),
        (_("Suite cryptographique"), told["tls"]["cipher"]),
        (_("Groupe d’échange de clés"), told["group"]),
        (_("Profil reconnu"), told["profile"]),
    )
    return {
        "told": told,
        "at": datetime.fromisoformat(told["at"]),
        "chain": [certificate | _period(certificate) for certificate in told["chain"]],
        "connection": connection,
        "steps": [step | {"words": step[formats.language()]} for step in told["steps"]],
    }


def _period(certificate: dict[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(certificate[name]) for name in ("not_before", "not_after")}
