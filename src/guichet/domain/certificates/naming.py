"""Subjects of certificates: from registers and the form, never from the request.

Forms of the names: the sector's public template document, as decoded from real certificates.
"""

from dataclasses import dataclass
from typing import Final

from guichet.domain.addresses import EmailAddress, Fqdn
from guichet.domain.identifiers import CardNumber, PersonId, StructureId
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.x509 import names

# ("dns", …) and ("email", …) are alternative names; the others fill private extensions of cards.
Sans = tuple[tuple[str, str], ...]

DNS: Final = "dns"
EMAIL: Final = "email"
CARD_NUMBER: Final = "card-number"
CARD_TYPE: Final = "card-type"
PROFESSION: Final = "profession"

COUNTRY: Final = "FR"
MAX_COMMON_NAME: Final = 64  # ub-common-name (RFC 5280 A.1)
MAX_ORGANIZATION: Final = 40  # the template cuts here, below ub-organization-name
MAX_PART: Final = 64
MAX_REGISTERED: Final = 250  # a register's own text before the cut


@dataclass(frozen=True, slots=True)
class Named:
    """The name a certificate will carry, and what goes beside it."""

    subject: names.Name
    sans: Sans


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureName:
    """A structure as names write it: register values."""

    national_id: StructureId
    legal_name: str
    department_name: str
    department_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSubject:
    """ORG: a service of a structure."""

    structure: StructureName
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSubject:
    """SERV, TLS: a server, or a domain, of a structure."""

    structure: StructureName
    fqdn: Fqdn


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSubject:
    """SERV, mail: a mailbox of a structure."""

    structure: StructureName
    mail: EmailAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSubject:
    """PRO and PS: a person; the mail address is written where the profile wants it."""

    national_id: PersonId
    surname: str
    given_names: str
    title: str | None = None
    mail: EmailAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSubject:
    """A demo card: a person, the number and type of the card, the profession's code if any."""

    person: PersonSubject
    card_number: CardNumber
    card_type: str = "CPE"
    profession: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderSubject:
    """The delegated OCSP responder of an authority, named under the authority's own name."""

    authority: names.Name
    label: str


OrderedSubject = (
    ServiceSubject | ServerSubject | MailboxSubject | PersonSubject | CardSubject | ResponderSubject
)


def named(ordered: OrderedSubject) -> Named:
    """Return the name and what goes beside it. Raises Refusal: NAME_…, FIELD_MISSING."""
    match ordered:
        case ServiceSubject():
            service = clean(ordered.service, limit=MAX_COMMON_NAME, field="service")
            return Named(_of_structure(ordered.structure, service), ())
        case ServerSubject():
            fqdn = _fits(ordered.fqdn.value, "fqdn")
            return Named(_of_structure(ordered.structure, fqdn), ((DNS, fqdn),))
        case MailboxSubject():
            mail = _fits(ordered.mail.value, "mail")
            return Named(_of_structure(ordered.structure, mail), ((EMAIL, mail),))
        case PersonSubject():
            mails = ((EMAIL, ordered.mail.value),) if ordered.mail else ()
            return Named(_of_person(ordered), mails)
        case CardSubject():
            return Named(_of_person(ordered.person), _of_card(ordered))
        case ResponderSubject():  # pragma: no branch
            label = clean(ordered.label, limit=MAX_COMMON_NAME, field="label")
            without_cn = tuple(r for r in ordered.authority if r[0][0] != names.COMMON_NAME)
            return Named((*without_cn, ((names.COMMON_NAME, label),)), ())


def _of_structure(structure: StructureName, common_name: str) -> names.Name:
    """C, ST "Paris (75)", O cut at 40 characters, OU national identifier, CN."""
    legal_name = clean(structure.legal_name, limit=MAX_REGISTERED, field="legal_name")
    department = clean(
        f"{structure.department_name} ({structure.department_number})",
        limit=MAX_PART,
        field="department",
    )
    return (
        ((names.COUNTRY, COUNTRY),),
        ((names.STATE, department),),
        ((names.ORGANIZATION, legal_name[:MAX_ORGANIZATION].rstrip()),),
        ((names.ORGANIZATIONAL_UNIT, structure.national_id.value),),
        ((names.COMMON_NAME, common_name),),
    )


def _of_person(person: PersonSubject) -> names.Name:
    """C, title if any, then one relative name of three: CN national id, SN, GN."""
    title: names.Name = ()
    if person.title:
        title = (((names.TITLE, clean(person.title, limit=MAX_PART, field="title")),),)
    surname = clean(person.surname, limit=MAX_PART, field="surname")
    given_names = clean(person.given_names, limit=MAX_PART, field="given_names")
    identity = (
        (names.COMMON_NAME, _fits(person.national_id.value, "national_id")),
        (names.SURNAME, surname),
        (names.GIVEN_NAME, given_names),
    )
    return (((names.COUNTRY, COUNTRY),), *title, identity)


def _of_card(card: CardSubject) -> Sans:
    card_type = clean(card.card_type, limit=MAX_PART, field="card_type")
    found = ((CARD_NUMBER, card.card_number.value), (CARD_TYPE, card_type))
    if card.profession is None:
        return found
    return (*found, (PROFESSION, clean(card.profession, limit=MAX_PART, field="profession")))


def _fits(value: str, field: str) -> str:
    """A common name is not cut when it must be whole to mean something."""
    if len(value) > MAX_COMMON_NAME:
        raise Refusal(Code.NAME_TOO_LONG, field=field, length=len(value), limit=MAX_COMMON_NAME)
    return value
