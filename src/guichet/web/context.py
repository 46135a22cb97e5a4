"""What every template knows: the site's navigation, theme and listeners."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

THEME_COOKIE = "guichet-theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the header's navigation."""

    label: str
    href: str
    icon: str
    current: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: names under `site`."""
    listener = request.META.get("guichet.listener", "portal")
    base = "" if listener == "portal" else settings.GUICHET.portal_url
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "site": {
            "base": base,
            "listener": listener,
            "navigation": _navigation(request, base),
            "theme": theme if theme in THEMES else "auto",
            "demo": settings.GUICHET.demo,
            "portal_url": settings.GUICHET.portal_url,
            "bench_url": settings.GUICHET.bench_url,
            "pki_url": settings.GUICHET.pki_url,
            "login_url": f"{base}{settings.LOGIN_URL}",
        }
    }


def _navigation(request: HttpRequest, base: str) -> tuple[Link, ...]:
    entries = [
        (_("Demander"), "/produits/demander/", "plus"),
        (_("Retirer"), "/produits/retirer/", "download"),
        (_("Suivre"), "/produits/suivre/", "list"),
        (_("Révoquer"), "/produits/revoquer/", "ban"),
    ]
    if settings.GUICHET.demo:
        entries.append((_("Courriers"), "/courriers/", "mail"))
    return tuple(
        Link(label, f"{base}{path}", icon, not base and request.path.startswith(path))
        for label, path, icon in entries
    )
