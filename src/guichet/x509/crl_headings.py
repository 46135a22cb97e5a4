"""What a revocation list says of itself: kind, number, period and scope (RFC 5280 5.2).

Written and read without its entries, of which there may be a million.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from cryptography import x509

from guichet.x509 import certificate, der
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

CRL_NUMBER: Final = "2.5.29.20"
DELTA_INDICATOR: Final = "2.5.29.27"
ISSUING_POINT: Final = "2.5.29.28"
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
FRESHEST_CRL: Final = "2.5.29.46"
EXPIRED_CERTS: Final = "2.5.29.60"  # expiredCertsOnCRL (X.509 9.5.2.8)
URI: Final = 6  # its tag among GeneralNames (RFC 5280 4.2.1.6)
E = TypeVar("E", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a list says of itself; with a `base_number` it is a delta (5.2.4).

    `point` is the only distribution point it is for (5.2.5), `freshest` where its delta is (5.2.6),
    `expired_since` the instant since when expired certificates stay told (expiredCertsOnCRL).
    Raises ValueError: an empty period, a delta that precedes its base or names a delta.
    """

    number: int
    this_update: datetime
    next_update: datetime
    base_number: int | None = None
    point: str | None = None
    freshest: str | None = None
    expired_since: datetime | None = None

    def __post_init__(self) -> None:
        if self.this_update >= self.next_update:
            raise ValueError("this_update must come before next_update")
        if self.base_number is not None and self.base_number > self.number:
            raise ValueError("a delta does not precede its base")
        if self.is_delta and self.freshest is not None:
            raise ValueError("a delta names no other (RFC 5280 5.2.6)")

    @property
    def is_delta(self) -> bool:
        """Whether it tells only what changed since its base."""
        return self.base_number is not None


def extensions(issuer_der: bytes, heading: Heading) -> Iterator[bytes]:
    """Encode the extensions of a list of the authority whose certificate is given."""
    key_id = der.tlv(der.context(0, constructed=False), certificate.subject_key_id(issuer_der))
    yield der.extension(AUTHORITY_KEY_IDENTIFIER, der.sequence(key_id))
    yield der.extension(CRL_NUMBER, der.integer(heading.number))
    if heading.base_number is not None:
        yield der.extension(DELTA_INDICATOR, der.integer(heading.base_number), critical=True)
    if heading.point is not None:
        yield der.extension(ISSUING_POINT, der.sequence(_point(heading.point)), critical=True)
    if heading.freshest is not None:
        yield der.extension(FRESHEST_CRL, der.sequence(der.sequence(_point(heading.freshest))))
    if heading.expired_since is not None:
        yield der.extension(EXPIRED_CERTS, der.generalized_time(heading.expired_since))


def _point(url: str) -> bytes:
    """A distributionPoint of one address (RFC 5280 4.2.1.13)."""
    address = der.tlv(der.context(URI, constructed=False), url.encode("ascii"))
    return der.tlv(der.context(0), der.tlv(der.context(0), address))


def read(crl_der: bytes) -> Heading:
    """What a list of any kind says of itself.

    Raises Unreadable("crl"): no number, no nextUpdate, a scope that is not one address.
    """
    try:
        loaded = x509.load_der_x509_crl(crl_der)
        number, base = _value(loaded, x509.CRLNumber), _value(loaded, x509.DeltaCRLIndicator)
        if number is None or loaded.next_update_utc is None:
            raise Unreadable("crl")
        return Heading(
            number=number.crl_number,
            this_update=loaded.last_update_utc,
            next_update=loaded.next_update_utc,
            base_number=base.crl_number if base else None,
            point=_issuing_point(loaded),
            freshest=_freshest(loaded),
            expired_since=_expired_since(loaded),
        )
    except LIBRARY_REFUSALS as error:
        raise Unreadable("crl") from error


def _value(loaded: x509.CertificateRevocationList, kind: type[E]) -> E | None:
    try:
        return loaded.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _issuing_point(loaded: x509.CertificateRevocationList) -> str | None:
    """Its one address. Raises ValueError for a list restricted in any other way."""
    value = _value(loaded, x509.IssuingDistributionPoint)
    if value is None:
        return None
    names = list(value.full_name or ())
    if len(names) != 1 or value.public_bytes() != der.sequence(_point(str(names[0].value))):
        raise ValueError("a list restricted in a way that is not ours")
    return str(names[0].value)


def _freshest(loaded: x509.CertificateRevocationList) -> str | None:
    value = _value(loaded, x509.FreshestCRL)
    addresses = [name.value for point in value or () for name in point.full_name or ()]
    return str(addresses[0]) if addresses else None


def _expired_since(loaded: x509.CertificateRevocationList) -> datetime | None:
    for extension in loaded.extensions:
        found = extension.value
        if extension.oid.dotted_string == EXPIRED_CERTS:
            encoded = found.public_bytes()
            digits = der.single(encoded, der.GENERALIZED_TIME).contents.decode("ascii")
            return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    return None
