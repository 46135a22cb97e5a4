"""Somebody's browser, already logged in: what Django's own way writes, in one statement of seven.

How people log in is proved in apps/identities; elsewhere nearly every test begins with it.
"""

from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import update_last_login
from django.test import Client
from django.utils import timezone

from guichet.identities.models import Account
from guichet.identities.sessions import BACKEND


def browser_of(account: Account, **held: Any) -> Client:
    """A browser with a session of this account; `held` is what else the session holds."""
    return browser_with(session_of(account, **held))


def session_of(account: Account, **held: Any) -> str:
    """Open a session, as logging in does; its key."""
    session = _store()
    session.update(
        {
            SESSION_KEY: str(account.pk),
            BACKEND_SESSION_KEY: BACKEND,
            HASH_SESSION_KEY: account.get_session_auth_hash(),
            **held,
        }
    )
    session.create()
    update_last_login(Account, account)
    return str(session.session_key)


def lasting_session_of(account: Account, **held: Any) -> str:
    """As `session_of`, where kit.kept_rows keeps it: whoever begins with it later finds it open.

    Until its first page it outlasts the run, and from then on lasts as any other.
    """
    key = session_of(account, **held)
    _store().model.objects.filter(pk=key).update(expire_date=timezone.now() + timedelta(days=365))
    return key


def browser_with(session_key: str) -> Client:
    """A browser that holds the cookie of a session."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session_key
    return browser


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore()
