"""How deliveries are sent: receivers that fail, lie, hang or are gone, workers that die."""

import ssl
import threading
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

from apps.automation.webhooks.hooks import log, made, tell
from apps.orders.counter import CODE, Person, Sign, csr_pem
from guichet.automation.models import Webhook, WebhookDelivery
from guichet.automation.webhooks import connecting, operations, sending
from guichet.automation.webhooks.dispatching import Dispatcher
from guichet.automation.webhooks.operations import Shown
from guichet.demo import tls
from guichet.domain.webhooks import OVERLAP, TRIED_FOR, Topic
from guichet.journal.models import Entry
from guichet.notifications.models import OutboxMail
from guichet.orders import operations as orders
from kit import dns_server, pki
from kit.receiver import Receiver, is_signed, receiving, saying

NAME = "automate.hopital.test"


@pytest.fixture
def hook(sophie: Person, receiver: Receiver) -> Shown:
    """A hook with one delivery that waits."""
    found = made(sophie.actor, receiver.url)
    waiting(found)
    return found


def waiting(hook: Shown, number: int = 1) -> WebhookDelivery:
    """One more delivery that waits; what is told is of no matter here."""
    now = timezone.now()
    return WebhookDelivery.objects.create(
        webhook=Webhook.objects.get(key=hook.facts.key),
        topic=Topic.ORDER_AVAILABLE.value,
        occasion=f"test:{number}",
        body='{"type":"order.available","data":{"note":"été"}}',
        created_at=now,
        next_try_at=now,
    )


def stored(hook: Shown) -> Webhook:
    return Webhook.objects.get(key=hook.facts.key)


def last_error(hook: Shown) -> str:
    """What the last try of the first delivery says, its status or its error."""
    found = log(hook)[0].tries.latest("pk")
    return found.error or str(found.status)


def test_a_failure_is_tried_again_later(hook: Shown, receiver: Receiver) -> None:
    """500, then a rest of the whole hook, then 204: the same octets under the same identifier."""
    receiver.statuses, receiver.body = [500], b"panne\x00\r\n <b>" + b"x" * 5000
    waiting(hook, 2)
    now = timezone.now()
    assert tell(now) == 1
    first, second = log(hook)
    assert (first.state, first.attempts, second.attempts) == ("waiting", 1, 0)
    assert timedelta(seconds=24) <= first.next_try_at - now <= timedelta(seconds=36)
    found = first.tries.get()
    assert (found.status, found.excerpt[:16], len(found.excerpt)) == (500, "panneU+0000 <b>x", 500)
    assert tell(now) == 0
    assert tell(now + timedelta(seconds=6)) == 1
    assert log(hook)[1].state == "delivered"
    assert tell(now + timedelta(minutes=1)) == 1
    assert log(hook)[0].state == "delivered"
    once, _second, again = receiver.received
    assert once.headers["webhook-id"] == again.headers["webhook-id"]
    assert once.body == again.body
    assert is_signed(again, hook.secret)
    assert stored(hook).failing_since is None


def test_a_worker_that_dies_before_it_notes_sends_again(hook: Shown, receiver: Receiver) -> None:
    """At least once: while its lease lasts nobody else does, and a late note changes nothing."""
    now, pk = timezone.now(), stored(hook).pk
    taken = sending.take(pk, now)
    assert taken is not None
    outcome = sending.send(taken, now)
    assert sending.take(pk, now + sending.LEASE / 2) is None
    later = now + sending.LEASE
    assert sending.serve(pk, lambda: later) == 1
    first, again = receiver.received
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body
    sending.note(taken, outcome, later)
    assert log(hook)[0].tries.count() == 1


def test_what_fails_for_three_days_is_paused_and_loses_nothing(
    hook: Shown, receiver: Receiver, sophie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending.random, "random", lambda: 0.0)  # chance alone may pass six hours
    receiver.statuses = [503] * 100
    receiver.headers = {"Retry-After": "21600"}
    now = timezone.now()
    tries = 0
    while stored(hook).state == "active":
        tries += tell(now)
        now += timedelta(hours=1)
    assert tries == TRIED_FOR / timedelta(hours=6) + 1
    (mail,) = OutboxMail.objects.filter(about=str(stored(hook)))
    assert mail.to == ["si@hopital.fr"]
    assert "est en pause" in mail.subject
    assert "1 avis attendent" in mail.text
    assert Entry.objects.filter(event="webhook-given-up").count() == 1
    assert tell(now + timedelta(days=1)) == 0
    receiver.statuses = []
    operations.ping(key=hook.facts.key, by=sophie.actor, at=now)
    assert tell(now) == 1
    assert (stored(hook).state, stored(hook).failing_since is None) == ("failing", False)
    operations.resume(key=hook.facts.key, by=sophie.actor, at=now)
    assert tell(now) == 1
    assert {row.state for row in log(hook)} == {"delivered"}


def test_one_notice_that_is_never_taken_is_abandoned(hook: Shown, receiver: Receiver) -> None:
    """The others go on: the hook itself does not fail."""
    now, receiver.never = timezone.now(), "été".encode()
    for hours in range(0, 100, 5):
        at = now + timedelta(hours=hours)
        good = waiting(hook, hours + 2)
        good.body, good.next_try_at = "{}", at
        good.save()
        for seconds in (0, 10):
            tell(at + timedelta(seconds=seconds))
    bad, *others = log(hook)
    assert (bad.state, {row.state for row in others}) == ("abandoned", {"delivered"})
    assert bad.settled_at is not None
    assert bad.settled_at - now >= TRIED_FOR
    assert stored(hook).state == "active"


def test_a_receiver_that_is_gone_ends_its_hook(hook: Shown, receiver: Receiver) -> None:
    receiver.statuses = [410]
    waiting(hook, 2)
    assert tell() == 1
    assert stored(hook).state == "gone"
    assert [row.state for row in log(hook)] == ["abandoned", "abandoned"]
    assert Entry.objects.filter(event="webhook-gone").count() == 1
    assert "n’existe plus" in OutboxMail.objects.get(about=str(stored(hook))).subject


def test_a_receiver_that_hangs_delays_its_own_alone(
    sophie: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker a hook, and two at most for the hooks of one structure, however many wait."""
    hanging, free = threading.Event(), threading.Event()
    hooks = [made(sophie.actor, receiver.url) for _one in range(3)]
    for number, one in enumerate(hooks):
        waiting(one, number)
    slow = [stored(one).pk for one in hooks[:2]]

    def serve(hook: int, *_: object) -> int:
        if hook in slow:
            hanging.wait(60)
        else:
            free.set()
        return 1

    monkeypatch.setattr(sending, "serve", serve)
    dispatcher, now = Dispatcher(workers=3), timezone.now()
    try:
        assert dispatcher.round(now) == 2
        assert dispatcher.round(now) == 0
        Webhook.objects.filter(key=hooks[2].facts.key).update(structure_id="another")
        assert dispatcher.round(now) == 1
        assert free.wait(60), "it is served while the two others hang"
    finally:
        hanging.set()
        dispatcher.close()


def test_a_redirection_is_not_followed(hook: Shown, receiver: Receiver) -> None:
    with receiving() as other:
        receiver.statuses, receiver.headers = [307], {"Location": other.url}
        tell()
        assert (last_error(hook), other.received) == ("307", [])


def test_a_test_is_tried_once_even_by_a_paused_hook(
    hook: Shown, receiver: Receiver, sophie: Person
) -> None:
    """It goes before what waits, and its failure counts for nothing."""
    who: dict[str, Any] = {"key": hook.facts.key, "by": sophie.actor, "at": timezone.now()}
    operations.pause(**who)
    assert tell() == 0
    receiver.statuses = [500]
    operations.ping(**who)
    assert tell() == 1
    assert [row.state for row in log(hook)] == ["waiting", "abandoned"]
    assert stored(hook).failures == 0
    operations.resume(**who)
    operations.ping(**who)
    tell()
    assert b'"type":"ping"' in receiver.received[1].body
    assert {row.state for row in log(hook)} == {"delivered", "abandoned"}


def test_both_keys_sign_for_a_day_after_a_rotation(
    hook: Shown, receiver: Receiver, sophie: Person
) -> None:
    now = timezone.now()
    new = operations.rotate(key=hook.facts.key, by=sophie.actor, at=now)
    tell()
    assert all(is_signed(receiver.received[0], secret) for secret in (hook.secret, new.secret))
    waiting(hook, 2)
    tell(now + OVERLAP)
    assert is_signed(receiver.received[1], new.secret)
    assert not is_signed(receiver.received[1], hook.secret)


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
