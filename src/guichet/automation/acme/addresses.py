"""Addresses of ACME's objects, absolute: they are compared with what clients sign."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import resolve, reverse
from django.urls.exceptions import Resolver404

PREFIX: Final = "acme"


def url(name: str, *parts: UUID | str | int) -> str:
    """The address of a view of this package, on the portal's public name."""
    return f"{settings.GUICHET.portal_url}{reverse(f'{PREFIX}:{name}', args=list(map(str, parts)))}"


def account_key(address: str) -> UUID | None:
    """Which account an address names; None when it names none of ours."""
    base = settings.GUICHET.portal_url
    if not address.startswith(f"{base}/"):
        return None
    try:
        found = resolve(address.removeprefix(base))
    except Resolver404:
        return None
    key = found.kwargs.get("key") if found.view_name == f"{PREFIX}:account" else None
    return key if isinstance(key, UUID) else None
