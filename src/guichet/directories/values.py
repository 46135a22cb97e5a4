"""What the registers say: companies, health sites, card holders; and how a look-up ends."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guichet.domain.identifiers import CardNumber, Finess, PersonId, Siren, Siret


class Source(StrEnum):
    """Where a value was read."""

    SIRENE = "sirene"
    COMPANY_API = "recherche-entreprises"
    FINESS = "finess"
    ANNUAIRE = "annuaire-sante"


@dataclass(frozen=True, slots=True)
class Coded:
    """A code of a national table and its label, empty when the table does not hold the code."""

    code: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address in parts; `street` is one line without postcode and town."""

    street: str = ""
    postcode: str = ""
    town: str = ""
    insee_code: str = ""
    department_number: str = ""
    department_name: str = ""

    @property
    def line(self) -> str:
        """The whole address on one line."""
        return " ".join(part for part in (self.street, self.postcode, self.town) if part)


def vat_number(siren: Siren) -> str:
    """The French VAT number: FR, a key of two digits, the SIREN (CGI, annexe II, art. 286 ter)."""
    key = (12 + 3 * (int(siren.value) % 97)) % 97
    return f"FR{key:02}{siren.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """An establishment and the company it belongs to.

    Creation, head count and legal form are the company's; address and sign the establishment's.
    Absent texts are empty.
    """

    siret: Siret
    legal_name: str
    legal_form: Coded
    naf: Coded
    address: Address
    created_on: date | None
    headcount: str
    sign: str = ""
    share_capital: str = ""
    turnover: str = ""
    is_head_office: bool
    is_open: bool
    closed_on: date | None = None
    is_disclosed: bool = True
    source: Source
    as_of: date | None

    @property
    def siren(self) -> Siren:
        """Number of the company."""
        return self.siret.siren

    @property
    def vat_number(self) -> str:
        """Intra-community VAT number, computed."""
        return vat_number(self.siren)

    @property
    def postal_address(self) -> str:
        """Name, address and country on one line, as the procedure prints it."""
        return " ".join(part for part in (self.legal_name, self.address.line, "FRANCE") if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSite:
    """A health or social establishment (FINESS géographique) and its legal entity."""

    finess: Finess
    finess_legal: Finess | None
    siret: Siret | None
    short_name: str
    long_name: str
    category: Coded
    naf: Coded
    address: Address
    opened_on: date | None
    source: Source = Source.FINESS
    as_of: date | None

    @property
    def name(self) -> str:
        """The long name where there is one."""
        return self.long_name or self.short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHolder:
    """A CPx card and who holds it.

    `structures` are the national identifiers of where the person works, every form that the
    register gives (FINESS of the site and of its legal entity, SIRET, SIREN, RPPS rank).
    """

    card_number: CardNumber
    kind: Coded
    person_id: PersonId
    surname: str
    given_names: str
    valid_from: date
    valid_until: date
    opposed_on: date | None
    profession: Coded
    structures: tuple[str, ...] = ()
    source: Source = Source.ANNUAIRE
    as_of: date | None

    @property
    def is_opposed(self) -> bool:
        """Tell whether the card was declared lost, stolen or withdrawn."""
        return self.opposed_on is not None

    def is_valid(self, on: date) -> bool:
        """Tell whether the card may be used that day; its last day counts."""
        return self.valid_from <= on <= self.valid_until and not self.is_opposed


class Outage(StrEnum):
    """Why a look-up could not be answered; none of these proves anything about the number."""

    REGISTER_PARTIAL = "register-partial"
    REGISTER_UNREADABLE = "register-unreadable"
    COMPANY_MISSING = "company-missing"
    NETWORK = "network"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    ANSWER_UNEXPECTED = "answer-unexpected"


@dataclass(frozen=True, slots=True)
class Found:
    """The establishment exists and is open."""

    company: Company


@dataclass(frozen=True, slots=True)
class Closed:
    """The establishment, or its whole company, has ceased."""

    company: Company


@dataclass(frozen=True, slots=True)
class Unknown:
    """The whole register was asked and does not hold the number."""


@dataclass(frozen=True, slots=True)
class Undisclosed:
    """The number exists, and its holder has asked that nothing be published about it."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nobody could answer: people go on by hand, and the look-up is tried again later."""

    why: Outage


Lookup = Found | Closed | Unknown | Undisclosed | Unavailable
