"""The authentication backend: accounts whose identity was verified by card or OpenID Connect."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from guichet.identities.models import Account


class VerifiedIdentityBackend(BaseBackend):
    """Loads the session's account. There is nothing to authenticate with: no password exists."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Never: login goes through identities.sessions once a card or a token is verified."""

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session; None once it is closed, which ends the session."""
        return Account.objects.filter(pk=user_id, is_active=True).first()
