"""What a request says of itself: the answer it prefers, whence it comes, where it may go back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


def prefers_json(request: HttpRequest) -> bool:
    """True for the APIs, and for clients that ask for JSON rather than HTML."""
    if request.path.startswith(("/api/", "/acme/")):
        return True
    accepted = request.get_preferred_type(["text/html", "application/json"])
    return accepted == "application/json"


def path_within(request: HttpRequest, url: str | None, default: str = "/") -> str:
    """`url` reduced to a path of this site, or `default` when it leads elsewhere."""
    if not url or not url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return default
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else default


def gives_content(request: HttpRequest) -> bool:
    """False for HEAD: nobody reads what it does not give (RFC 9110 §9.3.2), so none is noted."""
    return request.method != "HEAD"


def is_from_this_machine(request: HttpRequest) -> bool:
    """True when nobody stands between: a proxy, or a socket of one, says where others come from."""
    local = request.META.get("REMOTE_ADDR", "") in LOOPBACK
    return local and "X-Forwarded-For" not in request.headers


def is_same_origin(request: HttpRequest) -> bool:
    """True when the browser says that the request comes from one of our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def head_as_get(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Have a library's view, which knows GET alone, answer HEAD by the same (RFC 9110 §9.3.2).

    The body is left out by the server.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if request.method != "HEAD":
            return view(request, *args, **values)
        request.method = "GET"
        try:
            return view(request, *args, **values)
        finally:
            request.method = "HEAD"

    return answer
