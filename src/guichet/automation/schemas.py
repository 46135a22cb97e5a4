"""Shapes of the REST API. The domain judges contents; these judge only the shape."""

from datetime import datetime
from typing import Annotated, Any, Final

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guichet.automation.paged import Paged
from guichet.domain.catalogue import profiles
from guichet.domain.orders.revocation import CODE_MAX, CODE_MIN, RevocationMotive
from guichet.domain.orders.states import OrderState, ProductState

CSR_EXAMPLE: Final = "-----BEGIN CERTIFICATE REQUEST-----\n…\n-----END CERTIFICATE REQUEST-----\n"
CODE_RULE: Final = (
    f"Chosen by the caller: {CODE_MIN} to {CODE_MAX} printable characters, not all alike"
)
# Said in the description; the domain judges, and says why in a problem document.
CODE_LENGTHS: Final[dict[str, Any]] = {"minLength": CODE_MIN, "maxLength": CODE_MAX}
OFFERS: Final[list[Any]] = list(dict.fromkeys(p.offer for p in profiles.orderable()))
USAGES: Final[list[Any]] = sorted({p.usage for p in profiles.orderable() if p.usage})
LARGEST_NUMBER: Final = 2**31 - 1
LARGEST_PAGE: Final = 100_000

Line = Annotated[str, StringConstraints(max_length=300)]
Filter = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
PageNumber = Annotated[int, Field(ge=1, le=LARGEST_PAGE)]


class Problem(Schema):
    """Problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    code: str = ""
    remedy: str = ""
    objections: list[dict[str, Any]] = []
    instance: str = ""


class Body(BaseModel):
    """What callers send: a field we do not know is refused, since it may be a misspelt one."""

    model_config = ConfigDict(extra="forbid")


class PersonBody(Body):
    """The natural person of a PRO product."""

    national_id: Line = Field(description="National person identifier", examples=["899700143599"])
    surname: Line = Field(examples=["DUPONT"])
    given_names: Line = Field(examples=["Jean"])
    title: Line = Field("", description="Profession, written into the certificate")


class OrderBody(Body):
    """An order. ORG wants `service`; SERV `fqdn` or `mail`; PRO `person`."""

    offer: Line = Field(json_schema_extra={"enum": OFFERS})
    usage: Line = Field(json_schema_extra={"enum": USAGES})
    structure: Line = Field(description="National structure identifier", examples=["10B0135356"])
    service: Line = Field("", description="Application service", examples=["Monserviceclient"])
    fqdn: Line = Field("", description="Server or domain name", examples=["www.exemple.fr"])
    mail: Line = Field("", description="Mail address in the certificate")
    person: PersonBody | None = None
    actor_email: Line = Field(description="Where messages about the order go")
    informed_email: Line = Field("", description="Somebody else to inform")
    csr: str = Field(description="Certificate request, PEM", examples=[CSR_EXAMPLE])


class OrderQuery(Body):
    """What narrows a list of orders."""

    state: OrderState | None = None
    structure: Filter = Field("", description="National structure identifier")
    text: Filter = Field("", description="Words of the number, names, addresses")
    page: PageNumber = 1


class ProductQuery(Body):
    """What narrows a list of products."""

    state: ProductState | None = None
    structure: Filter = Field("", description="National structure identifier")
    text: Filter = Field("", description="Words of the names, or a serial number")
    tag: Filter = Field("", description="A tag of the structure")
    owner: Filter = Field("", description="E-mail address of who answers for the product")
    page: PageNumber = 1


class WithdrawalBody(Body):
    """Withdrawal: the revocation code chosen by the caller, and the terms accepted."""

    revocation_code: Line = Field(description=CODE_RULE, json_schema_extra=CODE_LENGTHS)
    accept_terms: bool = Field(strict=True)


class RekeyBody(Body):
    """Another key for an order that is not withdrawn, whose first key is lost."""

    csr: str = Field(description="Certificate request of the new key, PEM", examples=[CSR_EXAMPLE])


class RevocationBody(Body):
    """Revocation, which is definitive. The owner of a product needs no code."""

    reason: Line = Field(json_schema_extra={"enum": [motive.value for motive in RevocationMotive]})
    revocation_code: Line | None = Field(None, description="The code chosen at withdrawal")


class RenewalBody(Body):
    """A renewal: a new request, or the key that the product has."""

    csr: str | None = Field(None, description="Certificate request, PEM", examples=[CSR_EXAMPLE])
    same_key: bool = Field(False, strict=True, description="The product's request serves again")
    contacts: list[Line] | None = Field(
        None, description="E-mail addresses to tell; those of the product when absent"
    )


class ContactsBody(Body):
    """The e-mail addresses to tell of a product, all of them."""

    contacts: list[Line] = Field(examples=[["equipe@hopital.fr"]])


class ContactOut(Schema):
    """Somebody told that a product ends; `bounced_at` since when the address refuses e-mails."""

    email: str
    bounced_at: datetime | None = None
    unsubscribed_at: datetime | None = None


class OrderOut(Schema):
    """An order and where it stands."""

    number: int
    state: OrderState
    offer: str
    usage: str
    structure: str
    structure_name: str
    beneficiary: str = Field(description="What the certificate is named after")
    placed_at: datetime
    placed_by: str
    editor: str = Field("", description="Who ordered for the structure, by its delegation")
    available_at: datetime | None = None
    withdraw_before: datetime | None = Field(None, description="Afterwards the order expires")
    failure: str = Field("", description="Why the order failed")
    attempt: int = Field(1, description="How many keys the order was given, the first one counted")
    product: int | None = Field(None, description="Product number, once withdrawn")
    renews: int | None = Field(None, description="The product that it renews")


class ProductOut(Schema):
    """A withdrawn certificate and its state."""

    number: int
    order: int
    state: ProductState
    offer: str
    usage: str
    structure: str
    beneficiary: str
    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None
    revocation_reason: RevocationMotive | None = None
    expires_at: datetime
    renewal_opens_at: datetime = Field(description="From when it may be renewed")
    renewal: int | None = Field(None, description="The order that renews it, if there is one")
    successor: int | None = Field(None, description="The product that replaces it, once withdrawn")
    predecessor: int | None = Field(None, description="The product that it replaces")
    tags: list[str] = Field([], description="Words that the structure sorts its products by")
    owner_name: str = Field("", description="Who answers for it in the structure")
    owner_email: str = Field("", description="Where to write to them")


class ProductDetail(ProductOut):
    """A product with its certificate and chain, PEM."""

    certificate: str
    chain: str


class WithdrawalOut(Schema):
    """The certificate and its chain (issuer first, root last), PEM."""

    order: int
    product: int
    serial: str
    certificate: str
    chain: str


class RevocationOut(Schema):
    """What was revoked, when and by which request."""

    product: int
    request: int
    serial: str
    revoked_at: datetime


class OrdersPage(Paged[OrderOut]):
    """One page of orders, newest first."""


class ProductsPage(Paged[ProductOut]):
    """One page of products, newest first."""


class ProofOut(Schema):
    """One entry of the journal, chained to the one before by its digest."""

    seq: int
    at: datetime
    event: str
    subject: str
    actor: str = Field(description="you, guichet or somebody")
    facts: dict[str, str | int | None]
    previous: str = Field(description="Digest of the entry before")
    digest: str


class EvidenceLog(Schema):
    """The log that entries are proved in."""

    origin: str
    vkey: str = Field(description="Its key, as C2SP signed-note writes it; know it from elsewhere")
    checkpoint: str = Field(description="Its head, a signed note (C2SP tlog-checkpoint)")


class EvidenceEntry(Schema):
    """One entry: its leaf, its place, its inclusion path, and what is opened of it."""

    leaf: str
    index: int
    path: list[str]
    opened: dict[str, dict[str, str | dict[str, str | int | None]]]


class EvidenceOut(Schema):
    """The evidence file of a product, to be verified offline by guichet-verify."""

    format: str
    made_at: str
    log: EvidenceLog
    entries: list[EvidenceEntry]
    documents: dict[str, str]


class ProofsOut(Schema):
    """What the journal proves of a product, in order."""

    product: int
    order: int
    serial: str
    entries: list[ProofOut]
