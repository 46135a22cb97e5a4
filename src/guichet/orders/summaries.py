"""What other apps and pages are told of orders and products: frozen values, no rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from guichet.domain.certificates.urgency import Priority
from guichet.domain.orders.renewal import Heir
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.orders.states import OrderState, ProductState

Channel = Literal["portal", "api", "acme", "est"]
KeyOrigin = Literal["browser", "csr"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """How an order came: the channel, the language of its e-mails, and what makes it unique.

    The same draft, or the same idempotency key of the same requester, gives one order only.
    `renewal_of` is the number of the product it renews. `contacts` are people to tell beside the
    two addresses of the order; None takes over those of the product renewed.
    """

    channel: Channel
    language: str = "fr"
    idempotency_key: str | None = None
    draft_id: UUID | None = None
    renewal_of: int | None = None
    key_origin: KeyOrigin = "csr"
    contacts: tuple[str, ...] | None = None
    is_of_lot: bool = False

    @property
    def priority(self) -> Priority:
        """When it is signed: people wait before a screen, programs and lots do not."""
        if self.is_of_lot:
            return Priority.BULK
        return Priority.INTERACTIVE if self.channel == "portal" else Priority.PROGRAM


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """The person a PRO certificate designates."""

    national_id: str
    surname: str
    given_names: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """An order, as lists, pages and the API show it. Absent texts are empty strings.

    `editor` names who acted for the structure, where it was ordered by delegation.
    `spki_sha256` names its public key: SHA-256 of the SubjectPublicKeyInfo, in hexadecimal.
    """

    number: int
    state: OrderState
    channel: str
    language: str
    offer: str
    usage: str
    structure_id: str
    structure_name: str
    service: str
    fqdn: str
    mail: str
    person: PersonFacts | None
    beneficiary: str
    actor_email: str
    informed_email: str
    requester: str
    right_key: str
    editor: str
    renewal_of: int | None
    key_origin: str
    spki_sha256: str
    attempt: int
    placed_at: datetime
    available_at: datetime | None
    withdraw_before: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str
    ended_at: datetime | None
    failure: str
    certificate_id: int | None
    product_number: int | None

    @property
    def profile(self) -> str:
        """ "ORG/AUTH_CLI", as the deck writes it."""
        return f"{self.offer}/{self.usage}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSummary:
    """A product with the order it came of; `heir` is the renewal that counts, if there is one.

    `owner_name` and `owner_email` say who answers for it; empty, nobody does. `recalled_for` is
    when an approved incident will revoke it.
    """

    number: int
    state: ProductState
    order: OrderSummary
    certificate_id: int
    serial_hex: str
    issuer: str
    subject: str
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None
    revoked_by: str
    revocation_motive: RevocationMotive | None
    revocation_number: int | None
    owner_name: str = ""
    owner_email: str = ""
    heir: Heir | None = None
    recalled_for: datetime | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_revocable(self) -> bool:
        """Neither revoked nor expired."""
        return self.state in {ProductState.ACTIVE, ProductState.EXPIRING}

    @property
    def reference(self) -> str:
        """Issuer and serial as the deck prints them: "TEST AC … / 1D:5D:…"."""
        issuer_name = self.issuer.split(",", 1)[0].removeprefix("CN=")
        return f"{issuer_name} / {self.serial_hex}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A certificate in the hands of its requester; `chain_ders` from its issuer to the root."""

    number: int
    product_number: int
    certificate_der: bytes
    chain_ders: tuple[bytes, ...]
    serial_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationReceipt:
    """A revocation done; `request_number` is of the same series as orders, as in the deck."""

    product_number: int
    request_number: int
    serial_hex: str
    motive: RevocationMotive
    revoked_at: datetime
    revoked_by: str
