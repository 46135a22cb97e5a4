"""People at the counter: who they are, what they press, what they send."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from guichet.domain.orders import request as requests
from guichet.identities.actors import Actor
from guichet.identities.models import Account
from guichet.keystore.protocol import PublicKey, SigningKey
from guichet.orders import operations
from guichet.orders.drafts import FIELDS
from guichet.orders.models import Order, Product
from guichet.orders.operations import drafting
from guichet.orders.summaries import Via
from kit import pki
from kit.kept_rows import KEPT

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
HOSPITAL = "10B0135356"
LABORATORY = "10B0288882"
CODE = "un code de révocation"
WITHDRAWAL = {"code": CODE, "code_again": CODE, "terms": "on", "policy": "on"}
Sign = Callable[..., None]
INFORMATION = {
    "usage": "AUTH_CLI",
    "service": "Monserviceclient",
    "actor_email": "privilegier@leslistesdediffusion.fr",
    "informed_email": "nepasdependre@debalnominatives.fr",
}


class ShortKeys:
    """A keystore in memory, whose keys are short and made once per process."""

    def __init__(self) -> None:
        self._algorithms: dict[str, str] = {}

    def generate(self, label: str, algorithm: str) -> PublicKey:
        self._algorithms[label] = pki.short(algorithm)
        return self.public_key(label)

    def labels(self) -> frozenset[str]:
        return frozenset(self._algorithms)

    def signing_key(self, label: str) -> SigningKey:
        return pki.kept_key(f"authority {label}", self._algorithms.get(label, "rsa-2048"))

    def public_key(self, label: str) -> PublicKey:
        return self.signing_key(label).public_key()


@dataclass
class Person:
    """Somebody logged in, with a browser."""

    actor: Actor
    browser: Client

    @property
    def account(self) -> Account:
        """The stored row, read now."""
        return Account.objects.get(pk=self.actor.account_id)

    def get(self, address: str, **query: Any) -> HttpResponse:
        return self.browser.get(address, query, secure=True)  # type: ignore[return-value]

    def post(self, address: str, data: dict[str, Any] | None = None) -> HttpResponse:
        return self.browser.post(address, data or {}, secure=True)  # type: ignore[return-value]

    def draft(self) -> str:
        """Begin an order; the address of its steps, without the step."""
        answer = self.post("/produits/demander/")
        assert answer.status_code == 302, answer.content
        return answer["Location"].removesuffix("1/")

    def to_step_4(self, offer: str = "ORG", **information: str) -> str:
        """A draft as the three first steps leave it; the address of the steps."""
        typed: dict[str, Any] = {"offer": offer, "structure_id": HOSPITAL}
        typed |= {"kind": "new", "renewal_of": None, "informed": True}
        typed |= {**dict.fromkeys(FIELDS, ""), **INFORMATION, **information}
        key = drafting.begin(by=self.actor, at=timezone.now(), typed=typed)
        return f"/produits/demander/{key}/"

    def through_the_steps(self, offer: str = "ORG", **information: str) -> str:
        """Fill the three first steps, page by page; the address of the steps."""
        base = self.draft()
        self._passes(base, "1/", {"offer": offer, "structure_id": HOSPITAL})
        self._passes(base, "2/", {})
        self._passes(base, "3/", {**INFORMATION, **information})
        return base

    def _passes(self, base: str, step: str, data: dict[str, str]) -> None:
        answer = self.post(base + step, data)
        assert answer.status_code == 302, answer.content.decode()

    def orders(self, csr: str | None = None, offer: str = "ORG", **information: str) -> int:
        """Place an order, as the four steps do in the end; its number."""
        if csr is None:
            name = f"order of {self.actor.ref}: {offer} {information}"
            KEPT.make(name, lambda: self._orders(csr_pem(), offer, information))
            return int(Order.objects.latest("number").number)
        return self._orders(csr, offer, information)

    def _orders(self, csr: str, offer: str, information: dict[str, str]) -> int:
        typed = {**dict.fromkeys(FIELDS, ""), **INFORMATION, **information}
        placed = operations.place(
            asked=requests.parse(**typed, offer=offer, structure_id=HOSPITAL),
            csr=csr.encode(),
            by=self.actor,
            via=Via(channel="portal", language="fr"),
            at=timezone.now(),
        )
        return placed.number


def csr_pem(key: pki.Key | None = None, kind: str = "p-256") -> str:
    """A good request, PEM."""
    der = pki.csr(key or pki.fresh_key(kind))
    return x509.load_der_x509_csr(der).public_bytes(Encoding.PEM).decode()


def text_of(answer: HttpResponse) -> str:
    """The page as text, typographic spaces made plain."""
    return (
        answer.content.decode().replace("<wbr>", "").replace("\u202f", " ").replace("&#x27;", "'")
    )


def withdrawn(somebody: Person, sign: Sign, csr: str | None = None) -> int:
    """A product of this person, by its number."""
    number = somebody.orders(csr)

    def take() -> None:
        sign()
        operations.withdraw(
            number=number, by=somebody.actor, code=CODE, terms_accepted=True, at=timezone.now()
        )

    if csr is None:
        KEPT.make(f"withdrawal of {number}", take)
    else:
        take()
    return int(Product.objects.latest("number").number)


def everything_stored() -> str:
    """The whole database as text."""
    with connection.cursor() as cursor:
        parts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            parts.append(repr(cursor.fetchall()))
    return "".join(parts)
