"""What a linted certificate settles for others of its shape: all but the fields that vary.

A template is cut out of the very octets that were linted. Another certificate fits it when its own
variable fields, put into the template, give its TBS octet by octet (RFC 5280 4.1), and when each of
those fields is of a form that no lint could object to. Whatever else is to be linted itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from guichet.x509 import certificate, der, names
from guichet.x509.certificate import Plan

SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
PRIVATE_KEY_USAGE_PERIOD: Final = "2.5.29.16"
ALTERNATIVE_NAMES: Final = "2.5.29.17"
VARIABLE: Final = (SUBJECT_KEY_IDENTIFIER, PRIVATE_KEY_USAGE_PERIOD, ALTERNATIVE_NAMES)
# Characters at most (RFC 5280 A.1); a subject with another attribute is linted each time.
UPPER_BOUNDS: Final[Mapping[str, int]] = {
    names.COMMON_NAME: 64,
    names.SURNAME: 64,
    names.GIVEN_NAME: 64,
    names.COUNTRY: 2,
    names.LOCALITY: 128,
    names.STATE: 128,
    names.ORGANIZATION: 64,
    names.ORGANIZATIONAL_UNIT: 64,
    names.TITLE: 64,
}
COUNTRY_CODE: Final = re.compile(r"[A-Z]{2}", re.ASCII)
SERIAL_BITS: Final = 127
LABELS: Final = rb"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DNS_NAME: Final = re.compile(rb"(?=.{1,253}\Z)" + LABELS)  # RFC 1034 3.5
MAILBOX: Final = re.compile(rb"(?=.{1,254}\Z)[A-Za-z0-9](?:[._+-]?[A-Za-z0-9]){0,63}@" + LABELS)
PLAIN_NAMES: Final = {
    der.context(1, constructed=False): MAILBOX,
    der.context(2, constructed=False): DNS_NAME,
}
DISTANT: Final = datetime(2050, 1, 1, tzinfo=UTC)  # from there on, GeneralizedTime (4.1.2.5)
HELD_AT_MOST: Final = 8192


@dataclass(frozen=True, slots=True)
class Shape:
    """The forms of the variable fields: certificates of one shape may share a template."""

    attributes: tuple[str, ...]
    key_form: tuple[int, bytes]
    begins_distant: bool
    ends_distant: bool
    name_kinds: frozenset[int]


def shape_of(plan: Plan) -> Shape | None:
    """The shape of a plan; None when a variable field wants a lint of its own."""
    kinds, attributes = _name_kinds(plan), _attributes(plan.subject)
    if kinds is None or attributes is None:
        return None
    if plan.serial.bit_length() != SERIAL_BITS or plan.not_before >= plan.not_after:
        return None
    return Shape(
        attributes=attributes,
        key_form=_key_form(plan.spki_der),
        begins_distant=plan.not_before >= DISTANT,
        ends_distant=plan.not_after >= DISTANT,
        name_kinds=kinds,
    )


@lru_cache(maxsize=HELD_AT_MOST)
def _attributes(subject: names.Name) -> tuple[str, ...] | None:
    """The attributes of a name in their order; None when a value wants a lint."""
    if all(len(rdn) == 1 and _fits(*rdn[0]) for rdn in subject):
        return tuple(rdn[0][0] for rdn in subject)
    return None


def _fits(oid: str, value: str) -> bool:
    """Whether no lint minds the value: of a length allowed, printable, without blanks around."""
    is_long = len(value) > UPPER_BOUNDS.get(oid, 0)
    if not value or is_long or value.strip() != value:
        return False
    return bool(COUNTRY_CODE.fullmatch(value)) if oid == names.COUNTRY else value.isprintable()


def _key_form(spki: bytes) -> tuple[int, bytes]:
    """How many octets the key has, and those before its bits: algorithm, parameters."""
    _, bit_string = der.single(spki).children()
    return len(spki), spki[: 1 - len(bit_string.contents)]


def _name_kinds(plan: Plan) -> frozenset[int] | None:
    """Kinds of the names beside the subject; None when one is not plainly a host or mailbox."""
    kinds = set()
    for extension in plan.extensions:
        if extension.oid == ALTERNATIVE_NAMES:
            for name in der.single(extension.der).children():
                form = PLAIN_NAMES.get(name.tag)
                if form is None or not form.fullmatch(name.contents):
                    return None
                kinds.add(name.tag)
    return frozenset(kinds)


@dataclass(frozen=True, slots=True)
class Template:
    """The constant octets of a linted TBSCertificate: head, and extensions between variable ones.

    `extensions` holds constant encodings, and the OID of each variable one in its place.
    """

    version: bytes
    algorithm_and_issuer: bytes
    extensions: tuple[bytes | str, ...]

    @classmethod
    def of(cls, tbs: bytes) -> "Template":
        """Cut a template out of a TBSCertificate of version 3. Raises Unreadable."""
        version, _serial, algorithm, issuer, *_, last = der.single(tbs).children()
        pieces: list[bytes | str] = []
        for extension in last.children()[0].children():
            oid = extension.children()[0].dotted()
            if oid in VARIABLE:
                pieces.append(oid)
            elif pieces and isinstance(pieces[-1], bytes):
                pieces[-1] += extension.encoding
            else:
                pieces.append(extension.encoding)
        return cls(version.encoding, algorithm.encoding + issuer.encoding, tuple(pieces))

    def fits(self, tbs: bytes, plan: Plan) -> bool:
        """Whether the TBS is this template with the plan's variable fields, octet by octet."""
        variable = iter([found for found in plan.extensions if found.oid in VARIABLE])
        pieces = [
            piece if isinstance(piece, bytes) else _next(variable, piece)
            for piece in self.extensions
        ]
        filled = der.sequence(
            self.version,
            der.integer(plan.serial),
            self.algorithm_and_issuer,
            der.sequence(der.time(plan.not_before), der.time(plan.not_after)),
            names.to_der(plan.subject),
            plan.spki_der,
            der.tlv(der.context(3), der.sequence(*pieces)),
        )
        return filled == tbs


def _next(variable: Iterator[certificate.Extension], oid: str) -> bytes:
    """The encoding of the next variable extension; empty, which fits nothing, for another."""
    found = next(variable, None)
    return certificate.encoded(found) if found is not None and found.oid == oid else b""
