"""TXT records of the DNS, asked with a deadline; tests and operators choose who answers."""

from dataclasses import dataclass
from typing import Final, Protocol

import dns.exception
import dns.name
import dns.resolver
from django.conf import settings
from dns.rdtypes.ANY.TXT import TXT

LIFETIME_S: Final = 5.0
TRY_S: Final = 2.0
RECORDS_AT_MOST: Final = 100
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
        try:
            found = self._resolver().resolve(
                dns.name.from_text(name), "TXT", search=False, lifetime=LIFETIME_S
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise DnsUnavailable(name) from error
        records = [record for record in found if isinstance(record, TXT)][:RECORDS_AT_MOST]
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in records)

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
