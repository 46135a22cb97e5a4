"""1,000 machines that renew at once by ACME, with one signer: none of their orders is lost.

Usage: python -m benchmarks acme. `GUICHET_BENCH_MACHINES` is another number of machines.

The product runs as `make run` runs it: one portal, one signer, one clerk. Each machine obtained a
certificate for a service; all are then recalled, as an incident does, and each machine renews its
own, which it names. Every order is open before the first one is finalized.
"""

import json
import os
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import httpx
import josepy
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from josepy import b64
from tests.kit import stack as kit
from tests.kit.eab_keys import Binding, bindings
from tests.kit.inside import inside
from tests.kit.stack import Stack

from benchmarks.result import Result
from guichet.domain.acme.cert_ids import CertId

MACHINES: Final = 1000
AT_ONCE: Final = 16
PAUSE_S: Final = 0.5
DONE_WITHIN_S: Final = 900
STALE: Final = "urn:ietf:params:acme:error:badNonce"
PROFILE: Final = "ORG/AUTH_CLI"
RECALL: Final = """
import datetime
from django.utils import timezone
from guichet.orders.models import Product
print(Product.objects.update(recalled_for=timezone.now() + datetime.timedelta(days=7)))
"""
COUNTS: Final = """
from guichet.orders.models import Order, Product
renewed = Product.objects.filter(order__channel="acme", order__renewal_of__isnull=False)
print(renewed.values("order__renewal_of").distinct().count(), renewed.count(), Order.objects.filter(
    channel="acme").exclude(state="withdrawn").count())
"""
T = TypeVar("T")


@dataclass
class Machine:
    """One service that has its certificate by ACME; `held` is the last one, DER."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    held: bytes = b""
    order: str = ""
    finalize: str = ""
    certificate: str = ""

    def request(self) -> bytes:
        """A request for a new key, DER."""
        self.key = ec.generate_private_key(ec.SECP256R1())
        built = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        return built.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


class Account:
    """One ACME account, whose messages many threads send."""

    def __init__(self, stack: Stack) -> None:
        context = ssl.create_default_context(cafile=str(stack.root))
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._http = httpx.Client(verify=context, timeout=60, trust_env=False, limits=limits)
        self._key = josepy.JWKEC(
            key=josepy.ComparableECKey(ec.generate_private_key(ec.SECP256R1()))
        )
        self._nonces: SimpleQueue[str] = SimpleQueue()
        self._url = ""
        self.requests = 0
        self.directory = self._http.get(f"{stack.portal_url}/acme/directory").json()

    def close(self) -> None:
        """Leave no connection behind."""
        self._http.close()

    def open(self, binding: Binding) -> None:
        """Open the account by an EAB key."""
        url = self.directory["newAccount"]
        bound = josepy.JWKOct(key=b64.b64decode(binding.hmac))
        public = self._key.public_key().to_json()
        signed = _signed(bound, public, {"alg": "HS256", "kid": binding.kid, "url": url})
        asked = {"termsOfServiceAgreed": True, "externalAccountBinding": signed}
        answer = self.post(url, asked, is_new=True)
        self._url = answer.headers["location"]

    def post(self, url: str, payload: Any, *, is_new: bool = False) -> httpx.Response:
        """A signed message; None is a POST-as-GET. Sent again when its nonce was too old."""
        while True:
            header = {"alg": "ES256", "nonce": self._nonce(), "url": url}
            header |= {"jwk": self._key.public_key().to_json()} if is_new else {"kid": self._url}
            message = _signed(self._key, payload, header)
            kind = {"Content-Type": "application/jose+json"}
            answer = self._http.post(url, json=message, headers=kind)
            self.requests += 1
            self._nonces.put(answer.headers["replay-nonce"])
            if answer.is_success:
                return answer
            if answer.json().get("type") != STALE:
                raise AssertionError(f"{url}: {answer.status_code} {answer.text}")

    def _nonce(self) -> str:
        try:
            return self._nonces.get_nowait()
        except Empty:
            return str(self._http.head(self.directory["newNonce"]).headers["replay-nonce"])


def measure() -> Iterator[Result]:
    """The first certificates, then their renewals, in a product of its own."""
    count = int(os.environ.get("GUICHET_BENCH_MACHINES") or MACHINES)
    with TemporaryDirectory(prefix="guichet-bench-") as folder, kit.running(Path(folder)) as stack:
        account = Account(stack)
        try:
            account.open(bindings(stack.env, 1, PROFILE)[0])
            machines = [Machine(f"Machine {number}") for number in range(count)]
            yield from _round(account, machines, "first certificates")
            inside(stack.env, RECALL)
            yield from _round(account, machines, "renewals")
        finally:
            account.close()
        yield from _counted(stack, count)


def _round(account: Account, machines: Sequence[Machine], what: str) -> Iterator[Result]:
    """Every machine gets a certificate; all are in flight together."""
    before = account.requests
    started = time.perf_counter()
    _all(machines, lambda machine: _ask(account, machine))
    asked = time.perf_counter()
    _all(machines, lambda machine: _finalize(account, machine))
    finalized = time.perf_counter()
    waits = _all(machines, lambda machine: _fetch(account, machine, finalized))
    over = time.perf_counter()
    count = len(machines)
    label = f"ACME: {count:,} {what} in flight, one signer"
    yield Result("A1", f"{label}, all done", over - started, None, "s")
    yield Result("A1", f"{label}, certificates", count / (over - started), None, "/s")
    yield Result("A1", f"{label}, orders asked", count / (asked - started), None, "/s")
    yield Result("A1", f"{label}, orders finalized", count / (finalized - asked), None, "/s")
    yield Result("A1", f"{label}, last one after all were finalized", max(waits), None, "s")
    requests = (account.requests - before) / count
    yield Result("A1", f"{label}, requests of each machine", requests, None, "")


def _ask(account: Account, machine: Machine) -> None:
    identifier = {"type": "guichet-service", "value": machine.name}
    wanted: dict[str, Any] = {"identifiers": [identifier], "profile": PROFILE}
    if machine.held:
        wanted["replaces"] = str(CertId.of(machine.held))
    answer = account.post(account.directory["newOrder"], wanted)
    found = answer.json()
    assert found["status"] == "ready", found
    machine.order, machine.finalize = answer.headers["location"], found["finalize"]


def _finalize(account: Account, machine: Machine) -> None:
    account.post(machine.finalize, {"csr": b64.b64encode(machine.request()).decode()})


def _fetch(account: Account, machine: Machine, since: float) -> float:
    """Poll until the certificate is there, and take it; how long that was, in seconds."""
    while (found := account.post(machine.order, None).json())["status"] == "processing":
        assert time.perf_counter() - since < DONE_WITHIN_S, found
        time.sleep(PAUSE_S)
    assert found["status"] == "valid", found
    chain = account.post(found["certificate"], None).content
    leaf = x509.load_pem_x509_certificates(chain)[0]
    assert leaf.public_key() == machine.key.public_key()
    held = leaf.public_bytes(Encoding.DER)
    assert held != machine.held
    machine.held = held
    return time.perf_counter() - since


def _counted(stack: Stack, count: int) -> Iterator[Result]:
    """What the product itself says: as many renewed as there are machines, and none waits."""
    renewed, made, waiting = map(int, inside(stack.env, COUNTS).split())
    assert (renewed, made, waiting) == (count, count, 0), (renewed, made, waiting)
    yield Result("A1", "ACME: renewals lost, doubled or left", count - renewed + waiting, None, "")


def _signed(key: josepy.JWK, payload: Any, header: dict[str, Any]) -> dict[str, str]:
    """The flattened JSON of a JWS (RFC 7515 §7.2.2)."""
    protected = b64.b64encode(json.dumps(header).encode())
    body = b"" if payload is None else b64.b64encode(json.dumps(payload).encode())
    algorithm = josepy.JWASignature.from_json(header["alg"])
    signature = algorithm.sign(key.key, protected + b"." + body)
    return {
        "protected": protected.decode(),
        "payload": body.decode(),
        "signature": b64.b64encode(signature).decode(),
    }


def _all(machines: Sequence[Machine], act: Callable[[Machine], T]) -> list[T]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(act, machines))
