"""Which addresses the counter connects to on somebody's word: public ones, and those opened to it.

A name, or the address of a webhook, chooses where the counter connects; without this it could
choose the counter's own network.
"""

from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64: Final = ip_network("64:ff9b::/96")  # RFC 6052 §2.1
# Not reachable from the Internet, whatever the registries of this Python's version say.
FORBIDDEN: Final[tuple[Network, ...]] = (
    ip_network("100.64.0.0/10"),  # RFC 6598, shared
    ip_network("192.0.0.0/24"),  # RFC 6890, assignments of protocols
    ip_network("192.88.99.0/24"),  # RFC 7526, relays of 6to4
    ip_network("::/96"),  # RFC 4291 §2.5.5.1, IPv4-compatible
    ip_network("5f00::/16"),  # RFC 9602, identifiers of segments
    ip_network("64:ff9b:1::/48"),  # RFC 8215, local translation
    ip_network("fec0::/10"),  # RFC 3879, site-local
)


def is_allowed(address: Address, opened: Iterable[Network]) -> bool:
    """Whether the counter may connect to an address; `opened` are networks allowed besides.

    An IPv6 address that stands for an IPv4 one is judged by both.
    """
    networks = tuple(opened)
    return all(_is_one_allowed(one, networks) for one in stands_for(address))


def in_order(addresses: Iterable[str]) -> tuple[Address, ...]:
    """Addresses to try, IPv6 first as RFC 6724 would; texts that are no address are left out."""
    read = (address for address in map(_read, addresses) if address is not None)
    found: dict[Address, None] = dict.fromkeys(read)
    return tuple(sorted(found, key=lambda address: -address.version))


def stands_for(address: Address) -> Iterator[Address]:
    """The IPv4 address within an IPv6 one, if there is; the address itself unless it is mapped."""
    if isinstance(address, IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)


def _is_one_allowed(address: Address, opened: tuple[Network, ...]) -> bool:
    if any(address in network for network in opened if network.version == address.version):
        return True
    is_public = address.is_global and not address.is_multicast
    return is_public and not any(
        address in network for network in FORBIDDEN if network.version == address.version
    )


def _read(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
