"""An editor's link that begins a dossier with what the editor knows: its name, solution, types.

The representative reads it all, completes it and deposits: a link fills in, it never certifies.
"""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest

from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.typed import CHECKED, limit

SESSION_KEY: Final = "habilitations.prefill"
TEXTS: Final[Mapping[str, str]] = {
    "editeur": "use.editor",
    "solution": "use.solution",
    "usage": "use.description",
    "domaine": "types.ssl_domain",
    "serveur": "types.ssl_server",
}


def asked(query: Mapping[str, str]) -> dict[str, str]:
    """Texts by path, out of an address's query; what no dossier has is left out."""
    found = {
        path: query[name][: limit(path)] for name, path in TEXTS.items() if query.get(name, "")
    }
    types = set(query.get("types", "").split(","))
    return found | {f"types.{t.value}": CHECKED for t in CertificateType if t.value in types}


def keep(request: HttpRequest) -> Mapping[str, str]:
    """Keep what a link carries until a draft begins; returns what waits."""
    found = asked(request.GET.dict())
    if found:
        request.session[SESSION_KEY] = found
    waiting: Mapping[str, str] = request.session.get(SESSION_KEY, {})
    return waiting


def take(request: HttpRequest) -> Mapping[str, str]:
    """What waits, once."""
    waiting: Mapping[str, str] = request.session.pop(SESSION_KEY, {})
    return waiting
