"""Distinguished names: built as the profiles want them, read whole, shown as people write them."""

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from cryptography import x509

from guichet.x509 import der

Rdn = tuple[tuple[str, str], ...]
Name = tuple[Rdn, ...]  # relative names in encoding order, each (attribute OID, value) pairs

COMMON_NAME: Final = "2.5.4.3"
SURNAME: Final = "2.5.4.4"
SERIAL_NUMBER: Final = "2.5.4.5"
COUNTRY: Final = "2.5.4.6"
LOCALITY: Final = "2.5.4.7"
STATE: Final = "2.5.4.8"
ORGANIZATION: Final = "2.5.4.10"
ORGANIZATIONAL_UNIT: Final = "2.5.4.11"
TITLE: Final = "2.5.4.12"
GIVEN_NAME: Final = "2.5.4.42"
EMAIL_ADDRESS: Final = "1.2.840.113549.1.9.1"
DOMAIN_COMPONENT: Final = "0.9.2342.19200300.100.1.25"
ORGANIZATION_IDENTIFIER: Final = "2.5.4.97"

SHORT_NAMES: Final = {
    COMMON_NAME: "CN",
    SURNAME: "SN",
    SERIAL_NUMBER: "serialNumber",
    COUNTRY: "C",
    LOCALITY: "L",
    STATE: "ST",
    ORGANIZATION: "O",
    ORGANIZATIONAL_UNIT: "OU",
    TITLE: "title",
    GIVEN_NAME: "GN",
    EMAIL_ADDRESS: "emailAddress",
    DOMAIN_COMPONENT: "DC",
    ORGANIZATION_IDENTIFIER: "organizationIdentifier",
}
HELD_AT_MOST: Final = 8192
COMMON_NAME_AT_MOST: Final = 64  # characters: ub-common-name (RFC 5280 A.1)
SPECIAL: Final = re.compile(r'([,+"\\<>;]|^[ #]|[ ]$)')

# The library counts octets where RFC 5280 counts characters; of names it reads it only warns.
warnings.filterwarnings("ignore", message="Attribute's length must be", category=UserWarning)


def build(name: Name) -> x509.Name:
    """Build the name; UTF8String but where a type fixes another, as for countries (RFC 5280 A.1).

    Raises ValueError for a value the type forbids: a country that is not two letters, a common
    name that is empty or too long.
    """
    return x509.Name(
        x509.RelativeDistinguishedName(_attribute(oid, value) for oid, value in rdn) for rdn in name
    )


def _attribute(oid: str, value: str) -> x509.NameAttribute[str]:
    if oid == COUNTRY and not (value.isascii() and value.isalpha() and len(value) == 2):
        raise ValueError("a country is two letters")
    if oid == COMMON_NAME and not 1 <= len(value) <= COMMON_NAME_AT_MOST:
        raise ValueError("the length of a common name is from 1 to 64 characters")
    return x509.NameAttribute(x509.ObjectIdentifier(oid), value, _validate=False)


@lru_cache(maxsize=HELD_AT_MOST)
def to_der(name: Name) -> bytes:
    """Return the DER of the built name. Raises ValueError as `build` does."""
    return der.sequence(*map(_rdn_der, name))


@lru_cache(maxsize=HELD_AT_MOST)
def _rdn_der(rdn: Rdn) -> bytes:
    """The DER of one relative name: a structure's recur in all its certificates."""
    return der.single(build((rdn,)).public_bytes()).contents


def name_of(name: x509.Name) -> Name:
    """Return every attribute of a name that was read; binary values in hexadecimal."""
    return tuple(tuple((a.oid.dotted_string, _text(a.value)) for a in rdn) for rdn in name.rdns)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else f"#{value.hex()}"


def values(name: Name, oid: str) -> tuple[str, ...]:
    """Return the values of one attribute, in encoding order."""
    return tuple(value for rdn in name for key, value in rdn if key == oid)


def display(name: x509.Name | Name) -> str:
    """Write the name last part first, `CN=…, OU=…, C=FR` (RFC 4514 with the usual space)."""
    parts = name_of(name) if isinstance(name, x509.Name) else name
    return ", ".join(
        "+".join(f"{SHORT_NAMES.get(oid, oid)}={_escape(value)}" for oid, value in rdn)
        for rdn in reversed(parts)
    )


def _escape(value: str) -> str:
    """Escape as RFC 4514 2.4 says; what cannot be seen is written as hexadecimal pairs."""
    escaped = SPECIAL.sub(r"\\\1", value)
    return "".join(c if c.isprintable() else _hex_pairs(c) for c in escaped)


def _hex_pairs(character: str) -> str:
    return "".join(f"\\{octet:02X}" for octet in character.encode("utf-8", "surrogatepass"))


def to_json(name: Name) -> list[list[list[str]]]:
    """Return the name as lists, for a JSON column."""
    return [[list(pair) for pair in rdn] for rdn in name]


def from_json(value: Sequence[Sequence[Sequence[str]]]) -> Name:
    """Return the name `to_json` wrote."""
    return tuple(tuple((oid, text) for oid, text in rdn) for rdn in value)
