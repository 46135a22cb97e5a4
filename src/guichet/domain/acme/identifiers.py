"""What an ACME order may name: one server, or one service of the account's structure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from guichet.domain.addresses import Fqdn
from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates.naming import MAX_COMMON_NAME
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import clean, visible
from guichet.x509 import csr as requests
from guichet.x509.csr import Csr
from guichet.x509.errors import Unreadable

DNS: Final = "dns"
SERVICE: Final = "guichet-service"
KINDS: Final[Mapping[str, str]] = {DNS: "server", SERVICE: "service"}
USUAL: Final[Mapping[str, str]] = {DNS: "SERV/SSL_SERV", SERVICE: "ORG/AUTH_CLI"}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A server's name ("dns", RFC 8555 §9.7.7) or a service's (our own "guichet-service")."""

    kind: str
    value: str

    @property
    def field(self) -> str:
        """The field of an order that it fills."""
        return "fqdn" if self.kind == DNS else "service"

    def mapping(self) -> dict[str, str]:
        """As ACME writes it."""
        return {"type": self.kind, "value": self.value}


def parse(asked: Sequence[Mapping[str, str]]) -> Identifier:
    """The one identifier of an order.

    Raises Refusal: FIELD_MISSING, ACME_IDENTIFIER_UNSUPPORTED, ACME_IDENTIFIERS_SEVERAL (one
    objection for each that is too many), DOMAIN_NAME_*, NAME_*.
    """
    if not asked:
        raise Refusal(Code.FIELD_MISSING, field="identifiers")
    if found := tuple(_unsupported(asked)):
        raise Refusal(found[0].code, all=found)
    distinct = list(dict.fromkeys((one["type"], one["value"]) for one in asked))
    if found := tuple(_too_many(distinct[1:])):
        raise Refusal(found[0].code, all=found)
    kind, value = distinct[0]
    if kind == SERVICE:
        return Identifier(SERVICE, clean(value, limit=MAX_COMMON_NAME, field="service"))
    return Identifier(DNS, Fqdn.parse(value).value)


def offered() -> tuple[Profile, ...]:
    """The profiles that an ACME order may ask for: those of servers and services."""
    kinds = frozenset(KINDS.values())
    return tuple(profile for profile in profiles.orderable() if profile.subject_kind in kinds)


def profile_for(identifier: Identifier, asked: str) -> Profile:
    """The profile asked, or the usual one of the identifier's type when `asked` is empty.

    Raises Refusal: PROFILE_UNKNOWN, ACME_PROFILE_UNFIT (of another type of identifier).
    """
    code = asked or USUAL[identifier.kind]
    found = next((profile for profile in offered() if profile.code == code), None)
    if found is None:
        raise Refusal(Code.PROFILE_UNKNOWN, profile=visible(code))
    if found.subject_kind != KINDS[identifier.kind]:
        raise Refusal(Code.ACME_PROFILE_UNFIT, profile=code, type=identifier.kind)
    return found


def require_named(csr: Csr, identifier: Identifier) -> None:
    """A request names what its order does, and nothing else (RFC 8555 §7.4).

    The name stands in the subject, in the alternative names or in both; for a service it may stand
    nowhere. Raises Refusal: ACME_CSR_NAMES, CSR_UNREADABLE.
    """
    asked = {name.lower() for name in _named(csr)}
    wanted = identifier.value.lower()
    may_be_silent = identifier.kind == SERVICE
    if asked != {wanted} and not (may_be_silent and not asked):
        told = ", ".join(sorted(asked))
        raise Refusal(Code.ACME_CSR_NAMES, names=visible(told) if told else "—", wanted=wanted)


def _named(csr: Csr) -> tuple[str, ...]:
    try:
        return requests.names_asked(csr)
    except Unreadable as error:
        raise Refusal(Code.CSR_UNREADABLE) from error


def _unsupported(asked: Iterable[Mapping[str, str]]) -> Iterator[Objection]:
    for one in asked:
        if one["type"] not in KINDS:
            yield Objection(Code.ACME_IDENTIFIER_UNSUPPORTED, _facts(one["type"], one["value"]))


def _too_many(asked: Iterable[tuple[str, str]]) -> Iterator[Objection]:
    for kind, value in asked:
        yield Objection(Code.ACME_IDENTIFIERS_SEVERAL, _facts(kind, value))


def _facts(kind: str, value: str) -> tuple[tuple[str, str], ...]:
    return (("identifier_type", visible(kind)), ("identifier", visible(value)))
