"""The WSGI application of one listener: Django, told by which door a request came in."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from guichet.identities.peer import LISTENER_KEY, PEER_KEY, PeerTls

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
URLCONFS: Final[Mapping[str, str]] = {
    "portal": "guichet.conf.urls",
    "card": "guichet.conf.card_urls",
    "bench": "guichet.conf.bench_urls",
}
# Set by nginx, and believed only on a Unix socket (deploy/nginx/guichet.conf).
CERTIFICATE_HEADER: Final = "HTTP_X_CLIENT_CERT"
VERSION_HEADER: Final = "HTTP_X_TLS_VERSION"
CIPHER_HEADER: Final = "HTTP_X_TLS_CIPHER"
PROXY_HEADERS: Final = (CERTIFICATE_HEADER, VERSION_HEADER, CIPHER_HEADER)
MAX_CERTIFICATE_CHARS: Final = 32_768


def application(listener: str, *, behind_proxy: bool) -> Application:
    """The application of a listener ("portal", "card", "bench"); one listener a process.

    `behind_proxy`: bound to a Unix socket that nginx alone can open, so its headers tell the
    peer. Otherwise those headers are dropped before anything can read them.
    """
    settings.ROOT_URLCONF = URLCONFS[listener]
    django = get_wsgi_application()

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = {name: environ.pop(name, "") for name in PROXY_HEADERS}
        environ[LISTENER_KEY] = listener
        if behind_proxy:
            environ["wsgi.url_scheme"] = "https"
            environ[PEER_KEY] = None if listener == "portal" else peer_of_headers(told)
        return django(environ, start_response)

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
