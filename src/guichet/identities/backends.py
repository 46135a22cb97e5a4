"""Authentication backends: verified identities, and local accounts with their password."""

from typing import Any, Final

from django.contrib.auth.backends import BaseBackend
from django.db.models import BigAutoField
from django.http import HttpRequest

from guichet.database.prepared import Given, Prepared
from guichet.identities.models import Account

_ACTIVE: Final = Prepared(
    lambda: Account.objects.filter(pk=Given(0, BigAutoField()), is_active=True)
)


class VerifiedIdentityBackend(BaseBackend):
    """Loads a session opened by card or OpenID Connect. There is nothing to authenticate with."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Account | None:
        """Never: login goes through identities.sessions once a card or a token is verified."""
        return None

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session; None once it is closed, which ends the session."""
        return _ACTIVE.first(user_id)


class PasswordBackend(VerifiedIdentityBackend):
    """Local accounts: a folded e-mail address and a password.

    An unknown address costs the same hash as a known one, so that time tells nothing.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str = "",
        password: str = "",
        **credentials: Any,
    ) -> Account | None:
        """The account of that address if the password is its own."""
        account = Account.objects.filter(login_email=username, is_active=True).first()
        if account is None:
            Account().set_password(password)
            return None
        return account if account.check_password(password) else None
