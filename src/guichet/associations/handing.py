"""The public keys of a service in the forms that relying parties take."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, OKPKey, RSAKey

from guichet.associations.facts import AttachmentFacts, ServiceFacts
from guichet.authority import queries as authority
from guichet.authority.queries import IssuedCertificate
from guichet.x509 import bundles, certificate, keys

Jwk = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """One file to hand over: its media type and how it is made of what is accepted."""

    media_type: str
    write: Callable[[ServiceFacts, datetime], str]


def jwks(service: ServiceFacts, at: datetime) -> str:
    """A JWK Set (RFC 7517): each certificate accepted now with its chain, without the root."""
    found = [_jwk(one, issued) for one, issued in _issued(service, at)]
    return json.dumps({"keys": found}, indent=2)


def pem(service: ServiceFacts, at: datetime) -> str:
    """The certificates accepted now, PEM, the last one attached first."""
    return bundles.pem_chain([issued.der for _one, issued in _issued(service, at)])


def thumbprints(service: ServiceFacts, at: datetime) -> str:
    """One line a certificate: SHA-256 in hexadecimal, x5t#S256, subject (RFC 4514), tabs between.

    No SHA-1: it names nothing safely any more.
    """
    lines = (f"{one.sha256}\t{one.thumbprint}\t{one.subject}\n" for one in service.accepted(at))
    return "".join(lines)


FORMS: Final[Mapping[str, Form]] = {
    "jwks.json": Form("application/jwk-set+json", jwks),
    "certificats.pem": Form("application/x-pem-file", pem),
    "empreintes.txt": Form("text/plain; charset=utf-8", thumbprints),
}


def _issued(service: ServiceFacts, at: datetime) -> list[tuple[AttachmentFacts, IssuedCertificate]]:
    accepted = service.accepted(at)
    found = authority.certificates(one.certificate_id for one in accepted)
    return [(one, found[one.certificate_id]) for one in accepted if one.certificate_id in found]


def _jwk(one: AttachmentFacts, issued: IssuedCertificate) -> Jwk:
    chain = (issued.der, *issued.chain_ders[:-1])
    return {
        **_public(issued.der),
        "use": "sig",
        "kid": one.thumbprint,
        "x5t#S256": one.thumbprint,
        "x5c": [b64encode(der).decode() for der in chain],
    }


def _public(der: bytes) -> Jwk:
    """The key alone: RSA and EC by RFC 7518, Ed25519 by RFC 8037, ML-DSA as an AKP key."""
    public = certificate.load(der).public_key()
    spki = bundles.pem(certificate.spki_der(der), "PUBLIC KEY")
    match public:
        case rsa.RSAPublicKey():
            return dict(RSAKey.import_key(spki).as_dict(private=False))
        case ec.EllipticCurvePublicKey():
            return dict(ECKey.import_key(spki).as_dict(private=False))
        case ed25519.Ed25519PublicKey():
            return dict(OKPKey.import_key(spki).as_dict(private=False))
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "AKP", "alg": keys.facts(public).kind.upper(), "pub": _base64url(raw)}


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
