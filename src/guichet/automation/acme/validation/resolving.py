"""What the DNS says of names to validate; the resolver is GUICHET_DNS_RESOLVER's."""

from django.conf import settings
from dns.rdtypes.ANY.CAA import CAA
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from guichet.automation.acme.validation.errors import unproved
from guichet.domain.acme.caa import Record
from guichet.domain.acme.flaws import Cause, flaw
from guichet.habilitations.dns import DnsResolver, DnsUnavailable


def resolver() -> DnsResolver:
    """The resolver of this process."""
    return DnsResolver(settings.GUICHET.dns_resolver)


def addresses(name: str) -> tuple[str, ...]:
    """The IPv6 and IPv4 addresses of a name. Raises Unproved("dns") when nobody answers."""
    try:
        six, four = resolver().ask(name, "AAAA"), resolver().ask(name, "A")
    except DnsUnavailable as error:
        raise unproved(flaw(Cause.DNS_UNAVAILABLE, name=name)) from error
    return tuple(record.address for record in (*six, *four) if isinstance(record, A | AAAA))


def texts(name: str) -> tuple[str, ...]:
    """The TXT records of a name. Raises Unproved("dns")."""
    try:
        return resolver().txt(name)
    except DnsUnavailable as error:
        raise unproved(flaw(Cause.DNS_UNAVAILABLE, name=name)) from error


def authorisations(name: str) -> tuple[Record, ...]:
    """The CAA records of a name. Raises Unproved("dns"): silence allows nothing (RFC 8659 §3)."""
    try:
        found = resolver().ask(name, "CAA")
    except DnsUnavailable as error:
        raise unproved(flaw(Cause.CAA_UNAVAILABLE, name=name)) from error
    return tuple(
        Record(one.flags, one.tag.decode("latin-1"), one.value.decode("latin-1"))
        for one in found
        if isinstance(one, CAA)
    )
