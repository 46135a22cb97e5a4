"""Certificate requests (PKCS#10, RFC 2986): read and described, never judged here."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from guichet.x509 import der, keys, names, private_keys, signatures
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

MAX_SIZE: Final = 64 * 1024
BEGIN: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
REQUEST_LABELS: Final = {b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"}
BASE64_TEXT: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True, slots=True)
class Csr:
    """A request as it came. `signature_hash` is None when the algorithm has none or is unknown."""

    der: bytes
    key: keys.KeyFacts
    signature_hash: str | None
    signature_valid: bool
    extension_oids: tuple[str, ...]
    dns_names: tuple[str, ...]
    is_ca: bool

    @property
    def subject(self) -> names.Name:
        """What it calls itself: told to people, and never used in a certificate."""
        return names.name_of(x509.load_der_x509_csr(self.der).subject)


def read(data: bytes) -> Csr:
    """Read one request, PEM (with or without armour) or DER, at most 64 kB.

    Raises Unreadable: "empty", "too-large", "private-key", "certificate", "several", "not-a-csr".
    """
    if len(data) > MAX_SIZE:
        raise Unreadable("too-large")
    text = _plain(data)
    if not text.strip():
        raise Unreadable("empty")
    if private_keys.find(data) is not None:
        raise Unreadable("private-key")
    found = _parse(_only_request(text) if b"-----BEGIN " in text else _bare(text))
    try:
        found.subject  # noqa: B018 the library parses it when asked, and may refuse it
    except (*LIBRARY_REFUSALS, Unreadable) as error:
        raise Unreadable("not-a-csr") from error
    return found


def read_der(data: bytes) -> Csr:
    """Read a request that was read before and kept as DER. Raises Unreadable as `read` does."""
    if len(data) > MAX_SIZE:
        raise Unreadable("too-large")
    return _parse(data)


def names_asked(csr: Csr) -> tuple[str, ...]:
    """Every name that a request wants certified: common names, alternative names of any type.

    A name that is not of the DNS is told with its type ("IPAddress:192.0.2.1"). Raises Unreadable.
    """
    try:
        request = x509.load_der_x509_csr(csr.der)
        common = request.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        told = [str(attribute.value) for attribute in common if attribute.value]
        return (*told, *map(_told, _alternative(request.extensions)))
    except LIBRARY_REFUSALS as error:
        raise Unreadable("not-a-csr") from error


def _alternative(extensions: x509.Extensions) -> tuple[x509.GeneralName, ...]:
    try:
        return tuple(extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return ()


def _told(name: x509.GeneralName) -> str:
    is_dns = isinstance(name, x509.DNSName)
    return str(name.value) if is_dns else f"{type(name).__name__}:{name.value}"


def _plain(data: bytes) -> bytes:
    """Undo what Windows editors do to text files: byte order marks and UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _only_request(text: bytes) -> bytes:
    blocks = tuple(_blocks(text))
    requests = [body for label, body in blocks if label in REQUEST_LABELS]
    if len(requests) > 1:
        raise Unreadable("several")
    if not requests:
        found = any(label.endswith(b"CERTIFICATE") for label, _ in blocks)
        raise Unreadable("certificate" if found else "not-a-csr")
    return _base64(requests[0])


def _blocks(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The label and the body of each armoured block, the outermost of those that overlap.

    What begins and never ends is looked for once a label: beginnings without ends cost no more
    than other bytes.
    """
    place, endless = 0, set[bytes]()
    while found := BEGIN.search(text, place):
        label, place = found[1], found.end()
        mark = b"-----END %s-----" % label
        end = -1 if label in endless else text.find(mark, place)
        if end < 0:
            endless.add(label)
        else:
            yield label, text[place:end]
            place = end + len(mark)


def _bare(data: bytes) -> bytes:
    """Return the DER; a base64 body that lost its armour is taken too."""
    return _base64(data) if BASE64_TEXT.fullmatch(data) else data


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Unreadable("not-a-csr") from error


def _parse(encoding: bytes) -> Csr:
    try:
        return _described(x509.load_der_x509_csr(encoding), encoding)
    except (*LIBRARY_REFUSALS, Unreadable) as error:
        raise Unreadable(_other_nature(encoding)) from error


def _other_nature(encoding: bytes) -> str:
    """Say what bytes that are no request are, so that a person can be told."""
    try:
        x509.load_der_x509_certificate(encoding)
    except LIBRARY_REFUSALS:
        return "not-a-csr"
    return "certificate"


def _described(request: x509.CertificateSigningRequest, encoding: bytes) -> Csr:
    extensions = request.extensions
    information = der.child(encoding, 0).encoding
    key, facts = keys.read_spki(der.child(information, 2).encoding)
    return Csr(
        der=encoding,
        key=facts,
        signature_hash=_hash(request),
        signature_valid=_is_proof(request, key, encoding),
        extension_oids=tuple(extension.oid.dotted_string for extension in extensions),
        dns_names=_dns_names(extensions),
        is_ca=_asks_for_ca(extensions),
    )


def _is_proof(request: x509.CertificateSigningRequest, key: object, encoding: bytes) -> bool:
    """Whether the key that the request carries, loaded already, signed it (RFC 2986 3).

    The library, which would load the key again, is asked where algorithm and key are no pair of
    ours; raises what it raises.
    """
    scheme = signatures.identified(der.child(encoding, 1).encoding)
    if scheme is None or not scheme.suits(key):
        return request.is_signature_valid
    return scheme.verifies(key, request.signature, der.child(encoding, 0).encoding)


def _hash(request: x509.CertificateSigningRequest) -> str | None:
    try:
        algorithm = request.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    return algorithm.name if algorithm else None


def _dns_names(extensions: x509.Extensions) -> tuple[str, ...]:
    if not len(extensions):
        return ()
    return tuple(n.value for n in _alternative(extensions) if isinstance(n, x509.DNSName))


def _asks_for_ca(extensions: x509.Extensions) -> bool:
    if not len(extensions):
        return False
    try:
        return extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
