"""What every template knows: the site's navigation, theme and listeners."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guichet.web import environments, navigation
from guichet.web.navigation import Entry
from guichet.web.once import once_a_page

THEME_COOKIE = "__Host-guichet-theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the header's navigation."""

    label: str
    href: str
    icon: str
    current: bool


@once_a_page
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
            "local": navigation.local(request),
            "theme": theme if theme in THEMES else "auto",
            "environment": environments.shown(),
            "demo": settings.GUICHET.demo,
            "state_operator": settings.GUICHET.dressing.state_operator,
            "portal_url": settings.GUICHET.portal_url,
            "bench_url": settings.GUICHET.bench_url,
            "pki_url": settings.GUICHET.pki_url,
            "login_url": f"{base}{settings.LOGIN_URL}",
        }
    }


def _navigation(request: HttpRequest, base: str) -> tuple[Link, ...]:
    own = [
        Entry(_("Demander"), "/produits/demander/", "plus", 10),
        Entry(_("Retirer"), "/produits/retirer/", "download", 20),
        Entry(_("Suivre"), "/produits/suivre/", "list", 30),
        Entry(_("Révoquer"), "/produits/revoquer/", "ban", 40),
    ]
    if settings.GUICHET.demo:
        own.append(Entry(_("Courriers"), "/courriers/", "mail", 90))
    place = getattr(request, "place", request.path)
    return tuple(
        Link(e.label, f"{base}{e.path}", e.icon, not base and place.startswith(e.path))
        for e in navigation.entries(request, own)
    )
