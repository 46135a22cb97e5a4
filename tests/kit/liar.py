"""Answers and lists with a broken signature: whoever accepts them verifies nothing."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509 import ocsp

from kit.loopback import Handler, serving


def broken(der: bytes) -> bytes:
    """The OCSP answer or the list, with the last bit of its signature turned."""
    try:
        signature = x509.load_der_x509_crl(der).signature
    except ValueError:
        signature = ocsp.load_der_ocsp_response(der).signature
    head, _, tail = der.rpartition(signature)
    return head + signature[:-1] + bytes((signature[-1] ^ 1,)) + tail


@contextmanager
def lying(service: str) -> Iterator[str]:
    """The address of a server, and of a proxy, that breaks what `service` answers."""

    class Liar(Handler):
        def reply(self, body: bytes | None) -> None:
            # Proxies are asked for whole addresses; the path alone is wanted.
            there = service + urlsplit(self.path).path
            with urllib.request.urlopen(there, body, timeout=10) as told:  # noqa: S310 loopback
                self.answer(200, told.headers["Content-Type"], broken(told.read()))

    with serving(Liar) as address:
        yield address
