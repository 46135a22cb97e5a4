"""Somebody's browser, already logged in: what Django's own way writes, in one statement of seven.

How people log in is proved in apps/identities; elsewhere nearly every test begins with it.
"""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import update_last_login
from django.test import Client

from guichet.identities.models import Account
from guichet.identities.sessions import BACKEND


def browser_of(account: Account, **held: Any) -> Client:
    """A browser with a session of this account; `held` is what else the session holds."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
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
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser
