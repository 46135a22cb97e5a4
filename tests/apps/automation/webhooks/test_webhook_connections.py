"""What deliveries connect to: addresses, certificates, and servers that do not speak HTTP."""
# ruff: noqa: F811 a fixture is an argument of the same name

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from apps.automation.webhooks.hooks import hook, log, made, tell, waiting  # noqa: F401 the fixtures
from apps.orders.counter import CODE, Person, Sign, csr_pem
from guichet.automation.models import Webhook
from guichet.automation.webhooks import connecting, sending
from guichet.automation.webhooks.operations import Shown
from guichet.demo import tls
from guichet.orders import operations as orders
from kit import dns_server, pki
from kit.receiver import Receiver, receiving, saying

NAME = "automate.hopital.test"


def last_error(hook: Shown) -> str:
    """What the last try of the first delivery says, its status or its error."""
    found = log(hook)[0].tries.latest("pk")
    return found.error or str(found.status)


def test_a_redirection_is_not_followed(hook: Shown, receiver: Receiver) -> None:
    with receiving() as other:
        receiver.statuses, receiver.headers = [307], {"Location": other.url}
        tell()
        assert (last_error(hook), other.received) == ("307", [])


@pytest.fixture
def zone(settings: Any) -> Iterator[dns_server.Zone]:
    """A name that anybody's DNS may say anything of."""
    with dns_server.serving() as found:
        settings.GUICHET = replace(settings.GUICHET, dns_resolver=found.address)
        yield found


@pytest.mark.parametrize(
    ("kind", "address", "error"),
    [
        ("A", "10.0.0.1", "address"),
        ("A", "169.254.169.254", "address"),
        ("AAAA", "::ffff:127.0.0.1", "address"),
        ("TXT", '"rien"', "dns"),
    ],
)
def test_names_of_private_addresses_are_not_connected_to(
    hook: Shown, zone: dns_server.Zone, settings: Any, kind: str, address: str, error: str
) -> None:
    """A name that was good when the hook was made, and is not when a delivery leaves."""
    settings.GUICHET = replace(settings.GUICHET, webhook_networks=())
    zone.put(NAME, kind, address)
    Webhook.objects.update(url=f"https://{NAME}/")
    tell()
    assert last_error(hook) == error


def test_the_loopback_is_closed_unless_an_operator_opens_it(
    hook: Shown, receiver: Receiver, settings: Any
) -> None:
    settings.GUICHET = replace(settings.GUICHET, webhook_networks=(ip_network("10.0.0.0/8"),))
    tell()
    assert (last_error(hook), receiver.received) == ("address", [])


def test_the_certificate_of_a_receiver_is_verified(
    sophie: Person, zone: dns_server.Zone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its authority, and its name; the address that was checked is the one connected to."""
    certificate, key, root = tls.make(NAME, timezone.now())
    for name, content in (("cert.pem", certificate), ("key.pem", key), ("root.pem", root)):
        (tmp_path / name).write_bytes(content)
    presented = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    presented.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    zone.put(NAME, "A", "127.0.0.1")
    zone.put("autre.hopital.test", "A", "127.0.0.1")
    with receiving(presented) as receiver:
        port = receiver.url.split(":")[2]
        hook = made(sophie.actor, f"https://{NAME}:{port}")
        waiting(hook)
        tell()
        assert (last_error(hook), receiver.received) == ("tls", [])
        known = ssl.create_default_context(cafile=str(tmp_path / "root.pem"))
        monkeypatch.setattr(sending, "_trusted", lambda hour: known)
        assert tell(timezone.now() + timedelta(minutes=1)) == 1
        assert receiver.received[0].headers["host"] == f"{NAME}:{port.split('/')[0]}"
        Webhook.objects.update(url=f"https://autre.hopital.test:{port}")
        waiting(hook, 2)
        tell()
        assert log(hook)[1].tries.get().error == "tls"


def test_a_server_certificate_of_this_counter_is_trusted(
    sophie: Person, sign: Sign, zone: dns_server.Zone, tmp_path: Path
) -> None:
    """As any of the Internet's: hospitals have their servers' certificates from here."""
    key, name = pki.fresh_key("p-256"), "automate.hopital.fr"
    number = sophie.orders(csr_pem(key), offer="SERV", usage="SSL_SERV", service="", fqdn=name)
    sign()
    found = orders.withdraw(
        number=number, by=sophie.actor, code=CODE, terms_accepted=True, at=timezone.now()
    )
    pem = x509.load_der_x509_certificate(found.certificate_der).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "server.pem").write_bytes(pem + private)
    presented = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    presented.load_cert_chain(tmp_path / "server.pem")
    zone.put(name, "A", "127.0.0.1")
    sending._trusted.cache_clear()
    with receiving(presented) as receiver:
        hook = made(sophie.actor, receiver.url.replace("localhost", name))
        waiting(hook)
        tell()
    assert log(hook)[0].state == "delivered"


@pytest.mark.parametrize(
    ("answer", "error"),
    [(b"", "protocol"), (b"SSH-2.0-OpenSSH_9.2\r\n", "protocol"), (None, "timeout")],
)
def test_what_does_not_answer_http_in_time(
    sophie: Person, monkeypatch: pytest.MonkeyPatch, answer: bytes | None, error: str
) -> None:
    """One that says a little, always in time for the next octet, is given up all the same."""
    monkeypatch.setattr(connecting, "WHOLE_WITHIN_S", 5.0 if answer is not None else 0.3)
    with saying(answer) as url:
        hook = made(sophie.actor, url)
        waiting(hook)
        tell()
    assert last_error(hook) == error
