"""A name to validate over the loopback, and servers that answer for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.utils import translation

from guichet.automation.acme.validation.checks import check
from guichet.automation.acme.validation.errors import Unproved
from kit import dns_server

NAME = "www.hopital.test"
TOKEN = "DGyRejmCefe7v4NfDGDKfA"
AUTHORIZATION = f"{TOKEN}.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"


@pytest.fixture
def zone(settings) -> Iterator[dns_server.Zone]:
    """The DNS, where the name is this machine; the loopback is open as in the demo."""
    with dns_server.serving() as zone:
        zone.put(NAME, "A", "127.0.0.1")
        settings.GUICHET = replace(
            settings.GUICHET,
            dns_resolver=zone.address,
            acme_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")),
            acme_caa=frozenset({"guichet.test"}),
        )
        yield zone


def refused(kind: str, name: str = NAME) -> Unproved:
    """Why a name is not proved."""
    with translation.override("fr"), pytest.raises(Unproved) as caught:
        check(kind, name, TOKEN, AUTHORIZATION)
    return caught.value


@contextmanager
def answering(
    said: bytes,
    *,
    host: str = "127.0.0.1",
    wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain,
    is_endless: bool = False,
) -> Iterator[int]:
    """A server that says one thing to the first who connects, as fast or slowly as may be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    over = threading.Event()

    def serve() -> None:
        try:
            with listening.accept()[0] as plain:
                plain.settimeout(5)
                with wrap(plain) as connection:
                    connection.sendall(said)
                    while is_endless and not over.wait(0.02):
                        connection.sendall(b"a")
        except OSError:
            pass  # the one who asked had seen enough

    with socket.create_server((host, 0), family=family) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()
