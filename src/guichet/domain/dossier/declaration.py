"""An F413 whose every field was parsed: what an instructor examines and what rights come from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.identifiers import CardNumber, EmailAddress, Finess, Fqdn, MailDomain, Siret
from guichet.domain.phones import Phone


class Quality(StrEnum):
    """Who the applicant is for the structure (deck, Identification du représentant)."""

    LEGAL_REPRESENTATIVE = "legal-representative"
    MANDATARY = "mandatary"
    PRACTICE_HOLDER = "practice-holder"


class CertificateType(StrEnum):
    """The four boxes of the deck's "Sélection des certificats"."""

    ORG = "org"
    SERV_SSL = "serv_ssl"
    SERV_MAIL = "serv_mail"
    PRO = "pro"


OPENS: Final[dict[CertificateType, tuple[Offer, frozenset[Usage]]]] = {
    CertificateType.ORG: (Offer.ORG, frozenset({Usage.AUTH_CLI, Usage.SIGN, Usage.CONF})),
    CertificateType.SERV_SSL: (Offer.SERV, frozenset({Usage.SSL_SERV})),
    CertificateType.SERV_MAIL: (Offer.SERV, frozenset({Usage.SMIME, Usage.SIGN, Usage.CONF})),
    CertificateType.PRO: (Offer.PRO, frozenset({Usage.AUTH, Usage.SIGN, Usage.CONF})),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RppsRank:
    """The practice of a radiologist: RPPS and three digits of rank."""

    row: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Who deposits for the structure."""

    quality: Quality
    surname: str
    given_names: str
    phone: Phone
    email: EmailAddress
    card_number: CardNumber

    @property
    def name(self) -> str:
        """As it is written to people: given names, then surname."""
        return f"{self.given_names} {self.surname}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """One technical administrator declared; `name` is the one on the card."""

    row: str
    card_number: CardNumber
    name: str
    phone: Phone
    email: EmailAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeAsked:
    """One type of certificate asked for, with the names it is limited to."""

    type: CertificateType
    domain: Fqdn | None = None
    server: Fqdn | None = None
    mail_domain: MailDomain | None = None

    @property
    def offer(self) -> Offer:
        """The offer it opens."""
        return OPENS[self.type][0]

    @property
    def usages(self) -> frozenset[Usage]:
        """The usages it opens."""
        return OPENS[self.type][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A complete F413.

    `legal_name` and `postcode` are typed only where no register tells them.
    """

    siret: Siret
    legal_name: str
    postcode: str
    cares_for_patients: bool
    finess: Finess | None
    is_radiology: bool
    rpps_ranks: tuple[RppsRank, ...]
    representative: Representative
    administrators: tuple[Administrator, ...]
    description: str
    editor: str
    solution: str
    types: tuple[TypeAsked, ...]

    @property
    def national_id(self) -> str:
        """What goes into certificates: the FINESS when there is one, else the first RPPS rank of
        a radiology practice, else the SIRET, after a digit that tells which (deck, F413)."""
        if self.finess is not None:
            return f"1{self.finess.value}"
        if self.rpps_ranks:
            return f"4{self.rpps_ranks[0].value}"
        return f"3{self.siret.value}"
