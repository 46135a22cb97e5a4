"""Debian's ACME clients get certificates over the loopback, renew them, and are refused."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509

from kit.eab_keys import bindings
from kit.inside import inside
from kit.stack import Stack
from protocols.acme_clients import CLIENTS, DOMAIN, ELSEWHERE, Client, world

NAMES = [client.name for client in CLIENTS]
# What an approved incident does: a renewal need not wait for the end of three years.
RECALL = """
import sys, datetime
from django.utils import timezone
from guichet.orders.models import Product
due = timezone.now() + datetime.timedelta(days=7)
print(Product.objects.filter(order__fqdn__in=sys.argv[1:]).update(recalled_for=due))
"""
RENEWALS = """
import sys
from guichet.orders.models import Order
found = Order.objects.filter(fqdn__in=sys.argv[1:], channel="acme", renewal_of__isnull=False)
print(*sorted(found.values_list("fqdn", flat=True)))
"""


@dataclass(eq=False)
class Journey:
    """What one client obtained, first and again, and how it ends and what it says when refused."""

    client: Client
    chains: list[str] = field(default_factory=list)
    status: int = 0
    told: str = ""
    renewals: int = 0
    failure: BaseException | None = None

    def begin(self) -> None:
        """Open an account and get a certificate."""
        self.client.register()
        self.obtain(again=False)

    def go_on(self) -> None:
        """Renew it; ask for what the habilitation does not cover."""
        self.obtain(again=True)
        refused = self.client.issue(ELSEWHERE)
        self.status, self.told = refused.returncode, self.client.told(refused)

    def obtain(self, *, again: bool) -> None:
        done = self.client.issue(self.client.host, again=again)
        assert done.returncode == 0, done.stdout + done.stderr
        self.chains.append(self.client.chain())


@pytest.fixture(scope="module")
def journeys(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Journey]:
    """All the clients at once: they wait more than they work."""
    folder = tmp_path_factory.mktemp("acme")
    hosts = [f"{name}.{DOMAIN}" for name in NAMES]
    keys = bindings(stack.env, len(CLIENTS), "SERV/SSL_SERV")
    with world(stack, folder, hosts) as network, ThreadPoolExecutor(len(CLIENTS)) as pool:
        made = [
            Journey(client(network, key, folder / client.name))
            for client, key in zip(CLIENTS, keys, strict=True)
        ]
        wait_for({journey: pool.submit(journey.begin) for journey in made})
        inside(stack.env, RECALL, *hosts)
        wait_for({one: pool.submit(one.go_on) for one in made if one.failure is None})
    renewed = inside(stack.env, RENEWALS, *hosts).split()
    for journey in made:
        journey.renewals = renewed.count(journey.client.host)
    return {journey.client.name: journey for journey in made}


def wait_for(begun: Mapping[Journey, Future[None]]) -> None:
    """Until each is over; what goes wrong in one is for its own test to raise."""
    for journey, future in begun.items():
        journey.failure = future.exception()


@pytest.fixture(params=NAMES)
def journey(request: pytest.FixtureRequest, journeys: Mapping[str, Journey]) -> Journey:
    """That of one client; what went wrong in it is raised here."""
    found = journeys[request.param]
    if found.failure is not None:
        raise found.failure
    return found


def test_a_client_gets_a_certificate_and_renews_it(
    stack: Stack, journey: Journey, tmp_path: Path
) -> None:
    """ACCEPTED by openssl for the server's name, both times; with another key the second time."""
    leaves = []
    for chain in journey.chains:
        leaf, *issuers = x509.load_pem_x509_certificates(chain.encode())
        leaves.append(leaf)
        assert issuers
        path = tmp_path / "chain.pem"
        path.write_text(chain)
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver"]
        named = ["-verify_hostname", journey.client.host]
        trust = ["-CAfile", stack.root, "-untrusted", path, path]
        told = [*command, *named, *trust]
        verified = subprocess.run(told, capture_output=True, text=True, check=False)
        assert verified.returncode == 0, verified.stdout + verified.stderr
    first, second = leaves
    assert first.serial_number != second.serial_number
    assert first.public_key() != second.public_key()
    assert journey.renewals == 1, "the product knows it for a renewal"


def test_a_client_is_refused_what_the_habilitation_does_not_cover(journey: Journey) -> None:
    """And says so: the type of the refusal, and the name in words."""
    assert journey.status != 0, journey.told
    assert "urn:ietf:params:acme:error:rejectedIdentifier" in journey.told
    assert f"ne couvre pas le nom de domaine {ELSEWHERE}" in journey.told
