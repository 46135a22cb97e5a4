"""Logging in at the demo's own providers."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from apps.identities.applicants import (
    Visitor,
    text_of,
)

BEGIN = "/connexion/franceconnect/"


@cache
def roots() -> Any:
    """Read once: httpx reads them at each call, for plain HTTP too, unless it is given them."""
    return httpx.create_ssl_context(trust_env=False)


def at_provider(begun: Any, **data: str) -> str:
    """Press a button of the provider's page; the path and query it sends back to."""
    assert begun.status_code == 302, text_of(begun)
    page = httpx.get(begun["Location"], trust_env=False, verify=roots())
    assert page.status_code == 200, page.text
    answer = httpx.post(begun["Location"], data=data, trust_env=False, verify=roots())
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def enter(visitor: Visitor, sub: str, begin: str = BEGIN, **query: str) -> Any:
    """Log in at a provider as somebody; the portal's answer."""
    return visitor.get(at_provider(visitor.get(begin, **query), sub=sub))
