"""Which addresses are pages that must be walked; each other one is listed with its reason."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver

PORTAL = "guichet.conf.urls"
# Programs speak to these; they answer no page.
PROGRAMS = ("acme/", "api/v1/")
REASONS = {
    "a form is sent there, and leads to a page that is walked": """
        set_language set_theme logout go-on session-end first-visit-close card-detach
        franceconnect-unlink proconnect-unlink save deposit abandon clone restore attach
        detach domain-check delegation-accept editor-withdraw trial-prolong
        access-session-end role-withdraw access-review-begin access-review-end emergency-end
        mail-enforce mail-drop terms-publish terms-give-up announcement-withdraw close
        save-view forget-view batch-run follow assign annotate take give-back archive
        take-back retry prepare discard group-discard group-request group-place view-rename
        view-default view-forget calendar-link calendar-link-end ping pause resume again
        enable""",
    "a file": """
        receipt paper decision-paper attachment authority-certificate statistics-csv
        statistics-xlsx statistics-ods access-review-export agreements-export export-csv
        export-xlsx export-ods export report-pdf group-template group-certificates group-archive
        inventory-export proofs-json evidence product-calendar calendar calendar-followed
        download enclosure archive hand-over atom json""",
    "read by scripts or by supervision": """
        healthz readyz metrics status_json state group-state order-state key-states
        key-candidates""",
    "leads to who identifies people, or comes back from there": """
        card card-return ecps ecps-return franceconnect franceconnect-return proconnect
        proconnect-return""",
    "leads to one of its parts": "texts current",
    "by a link or a proof that only its own tests hold; made of the same components": """
        ask-again franceconnect-join proconnect-join forgotten-sent reset sign-up-sent confirm
        resend address-confirm account-password account-card change-company recovery
        recovery-reply recovery-answer renewal-consent confirmation leave emergency-review
        batch-results review reopen campaign prove renewed cancel""",
}
# Routes that refuse whoever follows a link to them, and why that is right.
NO_PROVIDER = "nobody but the counter identifies people here, and the page says so"
REFUSED: dict[tuple[str, int], str] = {
    ("connexion/ecps/", 503): NO_PROVIDER,
    ("connexion/franceconnect/", 503): NO_PROVIDER,
    ("connexion/proconnect/", 503): NO_PROVIDER,
    ("essais/", 403): "asks for a card: who follows services without one is told how to log in",
    ("gestion/", 403): "no link: the walk begins there for everybody, and it is for staff alone",
}
LISTED = {name for names in REASONS.values() for name in names.split()}


def pages() -> dict[str, str]:
    """The routes of the portal that programs do not own, with their names."""
    every = _walk(import_module(PORTAL).urlpatterns, "")
    return {route: name for route, name in every if not route.startswith(PROGRAMS)}


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route, one.name or route
