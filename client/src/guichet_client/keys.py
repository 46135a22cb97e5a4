"""Keys on disk, certificate requests, and which certificate goes with which key."""

from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from guichet_client.errors import ClientError, Exit
from guichet_client.wording import Say

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
BITS: Final = {"rsa-2048": 2048, "rsa-3072": 3072}
SPKI: Final = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
COMMON_NAME_AT_MOST: Final = 64


def generate(kind: str) -> PrivateKey:
    """Make a key: "rsa-2048", "rsa-3072" or "p-256"."""
    if kind in BITS:
        return rsa.generate_private_key(65537, BITS[kind])
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: PrivateKey) -> bytes:
    """PKCS#8 in PEM, without a password: servers start by themselves; the file is 0600."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def load(data: bytes) -> PrivateKey:
    """Read a key that `pem` wrote. Raises ClientError (FILES)."""
    try:
        key = serialization.load_pem_private_key(data, None)
    except (ValueError, TypeError) as error:
        raise ClientError(Exit.FILES, Say.KEY_UNREADABLE, error=error) from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ClientError(Exit.FILES, Say.KEY_UNREADABLE, error=type(key).__name__)
    return key


def request(key: PrivateKey, name: str, *, is_server: bool) -> bytes:
    """A certificate request (PKCS#10) in DER. The server takes nothing else of it than the key."""
    # X.520's bound on a common name: a longer host name stands in the SAN alone.
    common = [x509.NameAttribute(NameOID.COMMON_NAME, name)] if _fits(name) else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(common))
    if is_server and "@" not in name:
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def request_like(key: PrivateKey, held: x509.Certificate) -> bytes:
    """A request that keeps the names of a certificate, as EST wants it (RFC 7030 §4.2.2); DER."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(held.subject)
    try:
        names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        builder = builder.add_extension(names.value, critical=names.critical)
    except x509.ExtensionNotFound:
        pass
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def same(one: x509.Certificate, key: PublicKey) -> bool:
    """Whether a certificate is this key's."""
    return one.public_key().public_bytes(*SPKI) == key.public_bytes(*SPKI)


def chain_of(found: list[x509.Certificate], key: PublicKey) -> list[x509.Certificate]:
    """The key's certificate, then its issuers as far as they are there; self-signed roots left out.

    Raises ClientError (FAILED) when no certificate is the key's.
    """
    leaf = next((one for one in found if same(one, key)), None)
    if leaf is None:
        raise ClientError(Exit.FAILED, Say.NOT_OUR_KEY)
    chain = [leaf]
    while issuer := _issuer(chain[-1], found):
        if issuer in chain or issuer.subject == issuer.issuer:
            break
        chain.append(issuer)
    return chain


def pem_chain(chain: list[x509.Certificate]) -> bytes:
    """Certificates in PEM, one after the other."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)


def _issuer(one: x509.Certificate, among: list[x509.Certificate]) -> x509.Certificate | None:
    for other in among:
        try:
            one.verify_directly_issued_by(other)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return other
    return None


def _fits(name: str) -> bool:
    return len(name) <= COMMON_NAME_AT_MOST
