"""Debian's ACME clients get certificates over the loopback, renew them, and are refused."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509

from kit.eab_keys import bindings
from kit.stack import Stack
from protocols.acme_clients import CLIENTS, DOMAIN, ELSEWHERE, Client, world

NAMES = [client.name for client in CLIENTS]


@dataclass(frozen=True)
class Journey:
    """What one client obtained, first and again, and how it ends and what it says when refused."""

    host: str
    first: str
    second: str
    status: int
    told: str


def travel(client: Client) -> Journey:
    """Open an account; get, renew; ask for what the habilitation does not cover."""
    client.register()
    chains = []
    for again in (False, True):
        done = client.issue(client.host, again=again)
        assert done.returncode == 0, done.stdout + done.stderr
        chains.append(client.chain())
    refused = client.issue(ELSEWHERE)
    return Journey(client.host, *chains, refused.returncode, client.told(refused))


@pytest.fixture(scope="module")
def journeys(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Journey | BaseException]:
    """All the clients at once: they wait more than they work."""
    folder = tmp_path_factory.mktemp("acme")
    hosts = [f"{name}.{DOMAIN}" for name in NAMES]
    keys = bindings(stack.env, len(CLIENTS), "SERV/SSL_SERV")
    with world(stack, folder, hosts) as network, ThreadPoolExecutor(len(CLIENTS)) as pool:
        made = [
            client(network, key, folder / client.name)
            for client, key in zip(CLIENTS, keys, strict=True)
        ]
        begun = {client.name: pool.submit(travel, client) for client in made}
        return {name: future.exception() or future.result() for name, future in begun.items()}


@pytest.fixture(params=NAMES)
def journey(request: pytest.FixtureRequest, journeys: Mapping[str, Journey]) -> Journey:
    """That of one client; what went wrong in it is raised here."""
    found = journeys[request.param]
    if isinstance(found, BaseException):
        raise found
    return found


def test_a_client_gets_a_certificate_and_another(
    stack: Stack, journey: Journey, tmp_path: Path
) -> None:
    """ACCEPTED by openssl for the server's name, both times; with another key the second time."""
    leaves = []
    for chain in (journey.first, journey.second):
        leaf, *issuers = x509.load_pem_x509_certificates(chain.encode())
        leaves.append(leaf)
        assert issuers
        path = tmp_path / "chain.pem"
        path.write_text(chain)
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver"]
        trust = ["-verify_hostname", journey.host, "-CAfile", stack.root, "-untrusted", path, path]
        verified = subprocess.run([*command, *trust], capture_output=True, text=True, check=False)
        assert verified.returncode == 0, verified.stdout + verified.stderr
    first, second = leaves
    assert first.serial_number != second.serial_number
    assert first.public_key() != second.public_key()


def test_a_client_is_refused_what_the_habilitation_does_not_cover(journey: Journey) -> None:
    """And says so: the type of the refusal, and the name in words."""
    assert journey.status != 0, journey.told
    assert "urn:ietf:params:acme:error:rejectedIdentifier" in journey.told
    assert f"ne couvre pas le nom de domaine {ELSEWHERE}" in journey.told
