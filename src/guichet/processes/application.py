"""The WSGI application of one listener: Django, told by which door a request came in."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

from guichet.identities.peer import LISTENER_KEY, PEER_KEY, PeerTls
from guichet.processes.framing import UNREADABLE, Application, Environ, bodiless, framed

URLCONFS: Final[Mapping[str, str]] = {
    "portal": "guichet.conf.urls",
    "card": "guichet.conf.card_urls",
    "bench": "guichet.conf.bench_urls",
}
# What a process serves beside its first listener, in the demo.
FURTHER_URLCONFS: Final[Mapping[str, str]] = {"provider": "guichet.conf.provider_urls"}
OF_THE_DATABASE: Final = frozenset(
    {
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "guichet.identities.middleware.ActorMiddleware",
    }
)
NO_DATABASE: Final = "django.db.backends.dummy"
# Set by nginx, and believed only on a Unix socket (deploy/nginx/guichet.conf).
CERTIFICATE_HEADER: Final = "HTTP_X_CLIENT_CERT"
VERSION_HEADER: Final = "HTTP_X_TLS_VERSION"
CIPHER_HEADER: Final = "HTTP_X_TLS_CIPHER"
PROXY_HEADERS: Final = (CERTIFICATE_HEADER, VERSION_HEADER, CIPHER_HEADER)
REQUEST_ID_HEADER: Final = "HTTP_X_REQUEST_ID"
MAX_CERTIFICATE_CHARS: Final = 32_768
DRAINED_AT_MOST: Final = 64 * 1024 * 1024
DRAIN_S: Final = 20
CHUNK: Final = 64 * 1024


def application(listener: str, *, behind_proxy: bool) -> Application:
    """The application of a listener ("portal", "card", "bench"); one listener a process.

    `behind_proxy`: bound to a Unix socket that nginx alone can open, so its headers tell the
    peer. Otherwise those headers are dropped before anything can read them.
    """
    settings.ROOT_URLCONF = URLCONFS[listener]
    if listener == "bench":
        close_the_database()
    _ = get_resolver().url_patterns  # pages are imported once, before the workers are forked
    django = draining(bodiless(framed(get_wsgi_application())))

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = {name: environ.pop(name, "") for name in PROXY_HEADERS}
        environ[LISTENER_KEY] = listener
        if not behind_proxy:
            environ.pop(REQUEST_ID_HEADER, None)
        else:
            environ["wsgi.url_scheme"] = "https"
            environ[PEER_KEY] = None if listener == "portal" else peer_of_headers(told)
        return django(environ, start_response)

    return answer


def further_application(listener: str) -> Application:
    """The application of a further listener ("provider") of a process that serves one already.

    Cookies know no ports: the portal's, which browsers send here too, are dropped.
    """
    handler = WSGIHandler()
    handler.request_class = FurtherRequest
    django = draining(bodiless(framed(handler)))

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        for name in (*PROXY_HEADERS, REQUEST_ID_HEADER, "HTTP_COOKIE"):
            environ.pop(name, None)
        environ[LISTENER_KEY] = listener
        return django(environ, start_response)

    return answer


class FurtherRequest(WSGIRequest):
    """A request whose addresses are those of its listener, not of the process."""

    def __init__(self, environ: Environ) -> None:
        super().__init__(environ)
        self.urlconf = FURTHER_URLCONFS[environ[LISTENER_KEY]]


def close_the_database() -> None:
    """Take the database away from this process, and what looks for a session in it.

    The bench judges strangers by published files alone: what it cannot reach, it cannot leak.
    """
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name not in OF_THE_DATABASE]
    for told in connections.settings.values():
        told["ENGINE"] = NO_DATABASE
    connections.close_all()


def draining(inner: Application) -> Application:
    """Read what an answer left unread of its request, before the answer goes.

    A connection closed on unread data is reset, and the answer (413, mostly) is lost with it
    (RFC 9112 §9.6). What is larger or slower than is worth waiting for is cut.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = inner(environ, start_response)
        deadline = time.monotonic() + DRAIN_S
        left = DRAINED_AT_MOST
        with suppress(*UNREADABLE):
            while left > 0 and time.monotonic() < deadline:
                read = len(environ["wsgi.input"].read(CHUNK))
                left = left - read if read else 0
        return response

    return answer


def peer_of_headers(told: Mapping[str, str]) -> PeerTls:
    """The peer as nginx tells it: URL-escaped PEM of the leaf, then TLS version and cipher.

    A certificate that cannot be read counts as none; everything else about it is judged later.
    """
    return PeerTls(
        chain=_leaf(told[CERTIFICATE_HEADER]),
        tls_version=told[VERSION_HEADER],
        cipher=told[CIPHER_HEADER],
    )


def _leaf(escaped: str) -> tuple[bytes, ...]:
    if not escaped or len(escaped) > MAX_CERTIFICATE_CHARS:
        return ()
    try:
        found = x509.load_pem_x509_certificate(unquote(escaped).encode())
    except ValueError:
        return ()
    return (found.public_bytes(Encoding.DER),)
