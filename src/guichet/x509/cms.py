"""Detached signatures and envelopes that cards make and open (CMS, RFC 5652)."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from guichet.x509 import certificate, der, signatures
from guichet.x509.der import Element
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable
from guichet.x509.signatures import RsaScheme, Scheme

CardKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
DIGESTS: Final = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
SET: Final = 0x31
ATTRIBUTES: Final = der.context(0)
CERTIFICATES: Final = der.context(0)
KEY_IDENTIFIER: Final = der.context(0, constructed=False)


def sign(content: bytes, key: CardKey, own: bytes, others: Sequence[bytes] = ()) -> bytes:
    """A detached SignedData, DER, with the signer's certificate and others that go with it."""
    builder = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(x509.load_der_x509_certificate(own), key, hashes.SHA256())
    )
    for other in others:
        builder = builder.add_certificate(x509.load_der_x509_certificate(other))
    options = [
        pkcs7.PKCS7Options.DetachedSignature,
        pkcs7.PKCS7Options.Binary,
        pkcs7.PKCS7Options.NoCapabilities,
    ]
    return builder.sign(Encoding.DER, options)


def signer(signature: bytes, content: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Who signed the content: the certificate, DER, and those that came with it.

    Whether it is trusted is for the caller to see. Raises Unreadable: "cms" for what is no detached
    signature by one signer, "forged" when it is not one of this content.
    """
    try:
        certificates, info = _parts(signature)
        return _verified(certificates, info, content)
    except (Unreadable, IndexError, StopIteration, *LIBRARY_REFUSALS) as error:
        forged = isinstance(error, Unreadable) and error.reason == "forged"
        raise Unreadable("forged" if forged else "cms") from error


def _parts(signature: bytes) -> tuple[tuple[bytes, ...], tuple[Element, ...]]:
    """The certificates, and the one SignerInfo (RFC 5652 5.1)."""
    kind, wrapped = der.single(signature).children()
    if kind.dotted() != SIGNED_DATA:
        raise Unreadable("cms")
    _version, _digests, encapsulated, *rest = wrapped.children()[0].children()
    if len(encapsulated.children()) != 1:
        raise Unreadable("cms")  # not detached: what it holds may differ from what is shown
    certificates = tuple(
        found.encoding
        for part in rest
        if part.tag == CERTIFICATES
        for found in part.children()
        if found.tag == der.SEQUENCE
    )
    (info,) = rest[-1].children() if rest[-1].tag == SET else ()
    return certificates, info.children()


def _verified(
    certificates: tuple[bytes, ...], info: tuple[Element, ...], content: bytes
) -> tuple[bytes, tuple[bytes, ...]]:
    _version, sid, digest_algorithm, *rest = info
    name = DIGESTS.get(digest_algorithm.children()[0].dotted())
    if name is None:
        raise Unreadable("cms")
    attributes = rest.pop(0) if rest[0].tag == ATTRIBUTES else None
    algorithm, value = rest[0], rest[1].contents
    signed = content if attributes is None else _attributes(attributes, name, content)
    own = next(found for found in certificates if _is_named(found, sid))
    scheme = _scheme(algorithm, name)
    public = certificate.load(own).public_key()
    if scheme is None or not scheme.verifies(public, value, signed):
        raise Unreadable("forged")
    return own, tuple(found for found in certificates if found != own)


def _scheme(algorithm: Element, digest: str) -> Scheme | None:
    match algorithm.children()[0].dotted():
        case "1.2.840.113549.1.1.1":  # rsaEncryption: its digest is told apart (RFC 3370 3.2)
            return signatures.named(f"rsa-{digest}")
        case "1.2.840.113549.1.1.10":  # RSASSA-PSS: cards choose their own salt
            made = signatures.named(f"rsa-pss-{digest}")
            assert isinstance(made, RsaScheme)  # noqa: S101 by its name
            any_salt = padding.PSS(padding.MGF1(made.digest), padding.PSS.AUTO)
            return replace(made, padding=any_salt)
        case _:
            return signatures.identified(algorithm.encoding)


def _attributes(attributes: Element, digest: str, content: bytes) -> bytes:
    """What is signed in the content's place: attributes that hold its digest (RFC 5652 5.4)."""
    told = {}
    for attribute in attributes.children():
        oid, values = attribute.children()
        told[oid.dotted()] = values.children()[0]
    if MESSAGE_DIGEST not in told or CONTENT_TYPE not in told:
        raise Unreadable("cms")
    if told[MESSAGE_DIGEST].contents != hashlib.new(digest, content).digest():
        raise Unreadable("forged")
    return der.tlv(SET, attributes.contents)


def _is_named(certificate_der: bytes, sid: Element) -> bool:
    """Whether the SignerIdentifier is that of a certificate: issuer and serial, or key."""
    found = certificate.load(certificate_der)
    if sid.tag == KEY_IDENTIFIER:
        return certificate.subject_key_id(certificate_der) == sid.contents
    issuer, serial = sid.children()
    return (found.issuer.public_bytes(), found.serial_number) == (issuer.encoding, serial.number())


def envelop(secret: bytes, recipient: bytes) -> bytes:
    """An EnvelopedData, DER, for the RSA key of a certificate; AES-256.

    Raises Unreadable("not-rsa"): other keys of cards open no envelope here.
    """
    found = certificate.load(recipient)
    if not isinstance(found.public_key(), rsa.RSAPublicKey):
        raise Unreadable("not-rsa")
    builder = (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(secret)
        .add_recipient(found)
        .set_content_encryption_algorithm(algorithms.AES256)
    )
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def opened(envelope: bytes, key: CardKey, own: bytes) -> bytes:
    """What an envelope holds. Raises Unreadable("cms") when it is not for this certificate."""
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Unreadable("not-rsa")
    try:
        return pkcs7.pkcs7_decrypt_der(envelope, certificate.load(own), key, [])
    except LIBRARY_REFUSALS as error:
        raise Unreadable("cms") from error


def card(data: bytes, password: bytes) -> tuple[CardKey, bytes, tuple[bytes, ...]]:
    """The key, certificate and chain of a PKCS#12 file, or of a PEM file that holds them.

    Raises Unreadable: "password", or "card" when no key and certificate of its own are there.
    """
    try:
        key, own, others = _pem(data, password) if b"-----BEGIN" in data else _p12(data, password)
    except LIBRARY_REFUSALS as error:
        raise Unreadable("password") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or own is None:
        raise Unreadable("card")
    if own.public_key() != key.public_key():
        raise Unreadable("card")
    chain = tuple(found.public_bytes(Encoding.DER) for found in others)
    return key, own.public_bytes(Encoding.DER), chain


def _p12(
    data: bytes, password: bytes
) -> tuple[object, x509.Certificate | None, Sequence[x509.Certificate]]:
    found = load_pkcs12(data, password)
    others = [other.certificate for other in found.additional_certs]
    return found.key, found.cert.certificate if found.cert else None, others


def _pem(
    data: bytes, password: bytes
) -> tuple[object, x509.Certificate | None, Sequence[x509.Certificate]]:
    own, *others = x509.load_pem_x509_certificates(data)
    is_sealed = b"ENCRYPTED" in data
    return load_pem_private_key(data, password if is_sealed else None), own, others
