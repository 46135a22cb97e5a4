"""Records of the DNS, asked with a deadline; tests and operators choose who answers."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

import dns.exception
import dns.name
import dns.resolver
from django.conf import settings
from dns.name import Name
from dns.rdata import Rdata
from dns.rdtypes.ANY.TXT import TXT

LIFETIME_S: Final = 5.0
TRY_S: Final = 2.0
RECORDS_AT_MOST: Final = 100
ALIASES_AT_MOST: Final = 8
PREFIX: Final = "_guichet-challenge"


def record_name(domain: str) -> str:
    """The name of the TXT record that proves a domain."""
    return f"{PREFIX}.{domain}"


class DnsUnavailable(Exception):  # noqa: N818 an answer about the network, not a fault of ours
    """Nobody answered in time, or the answer was an error: nothing is known of the name."""


class TxtResolver(Protocol):
    """Whoever knows the TXT records of a name."""

    def txt(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, none when it has none. Raises DnsUnavailable."""


@dataclass(frozen=True, slots=True)
class DnsResolver:
    """Asks one server, or the system's own when `server` is empty ("host:port")."""

    server: str = ""

    def txt(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, each whole (RFC 1035 3.3.14). Raises DnsUnavailable."""
        records = [record for record in self.ask(name, "TXT") if isinstance(record, TXT)]
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in records)

    def ask(self, name: str, kind: str) -> tuple[Rdata, ...]:
        """The records of one kind ("AAAA") of a name, none when it has none; aliases followed.

        Raises DnsUnavailable.
        """
        try:
            found = self._asked(dns.name.from_text(name), kind)
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise DnsUnavailable(name) from error
        return tuple(islice(found, RECORDS_AT_MOST))

    def _asked(self, name: Name, kind: str) -> Iterable[Rdata]:
        """Asks again of the target of an alias that the server answered by itself alone."""
        resolver, deadline = self._resolver(), time.monotonic() + LIFETIME_S
        for _alias in range(ALIASES_AT_MOST):
            found = resolver.resolve(
                name,
                kind,
                search=False,
                raise_on_no_answer=False,
                lifetime=max(deadline - time.monotonic(), 0),
            )
            if found.rrset is not None or found.canonical_name == name:
                return found.rrset or ()
            name = found.canonical_name
        return ()

    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self.server)
        if self.server:
            host, _, port = self.server.rpartition(":")
            resolver.nameservers, resolver.port = [host.strip("[]")], int(port)
        resolver.timeout, resolver.lifetime = TRY_S, LIFETIME_S
        return resolver


def resolver() -> TxtResolver:
    """The resolver of this process (GUICHET_DNS_RESOLVER)."""
    return DnsResolver(settings.GUICHET.dns_resolver)
