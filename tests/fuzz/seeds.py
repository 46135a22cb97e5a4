"""What each reader reads well: where mutations begin."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from josepy.jwa import ES256

from apps.automation.acme_client import binding, p256, sealed
from core.directories.official_files import ACTIVITIES, CARDS, FINESS, SITES, UNITS, sample
from core.test_client_hello import hello_of
from guichet.domain.ceremonies import share_text
from guichet.domain.ceremonies.shares import split
from guichet.x509 import bundles, certificate, cms, keys, relying
from guichet.x509.crl import Reason, RevokedEntry
from guichet_verify.verifying import Trust
from kit import pki

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
_PKI = pki.Pki()
_LEAF = _PKI.leaf()
_SERVER = _PKI.leaf("SERV/SSL_SERV")
_REVOKED = RevokedEntry(7, _PKI.now, Reason.KEY_COMPROMISE)
_ENTRIES = [RevokedEntry(n, _PKI.now, Reason.SUPERSEDED) for n in range(1, 4)]


def escaped_pem(der: bytes) -> str:
    """Any octets as nginx would tell a certificate of them: PEM, URL-escaped."""
    return quote(bundles.pem(der), safe="")


def _answer() -> bytes:
    now, issuer = _PKI.now, x509.load_der_x509_certificate(_LEAF.authority.der)
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=x509.load_der_x509_certificate(_LEAF.der),
        issuer=issuer,
        algorithm=hashes.SHA1(),  # noqa: S303 an identifier of the issuer
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=now,
        next_update=now + timedelta(days=1),
        revocation_time=None,
        revocation_reason=None,
    )
    signed = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
    key = _LEAF.authority.key
    return signed.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]


def _archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, DER_REQUESTS[0])
    return made.getvalue()


def _private_key() -> bytes:
    key = pki.kept_key("fuzz", "p-256")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[union-attr]


def _message() -> bytes:
    """An ACME message as clients sign it; its nonce is nobody's."""
    key = p256()
    header = {"alg": "ES256", "nonce": "AAAA", "url": "y", "jwk": key.public_key().to_json()}
    return json.dumps(sealed(header, b"{}", ES256.sign, key.key)).encode()


ISSUER = _LEAF.authority.der
SERIAL = _LEAF.serial
CONTENT = b"content"
SIGNATURES = (cms.sign(CONTENT, _LEAF.key, _LEAF.der, _LEAF.chain[1:]),)  # type: ignore[arg-type]
MESSAGES = (_message(),)
BINDINGS = (json.dumps(binding(p256(), "kid", b"k" * 32, "https://a.test/")).encode(),)
CERTIFICATES = (
    _LEAF.der,
    _SERVER.der,
    ISSUER,
    x509.load_pem_x509_certificate((VECTORS / "version-1.pem").read_bytes()).public_bytes(
        Encoding.DER
    ),
)
KEYS = tuple(certificate.spki_der(der) for der in CERTIFICATES)
DER_REQUESTS = (pki.csr(pki.fresh_key("p-256"), "Pare-feu"), pki.csr(pki.kept_key("csr")))
REQUESTS = (
    *DER_REQUESTS,
    *(path.read_bytes() for path in sorted((VECTORS / "requests").glob("*.pem"))),
)
BUNDLES = (bundles.pkcs7(_LEAF.chain), bundles.pkcs7([ISSUER]))
LISTS = (_PKI.crl(revoked=_ENTRIES), _PKI.crl(revoked=[_REVOKED], base_number=1, number=2))
ASKED = (relying.ask(1, ISSUER), relying.ask(2**120, ISSUER))
ANSWERS = (_answer(),)
HELLOS = (hello_of("banc.exemple.fr"), hello_of(None))
ARCHIVES = (_archive("a.csr", "b/c.csr"), _archive())
KEY_LISTS = (
    _private_key(),
    f"{'ab' * 32}\n# texte\n{bundles.pem(_LEAF.der)}".encode(),
    keys.public_half(pki.kept_key("fuzz", "p-256")),
)
EVIDENCE = tuple(path.read_bytes() for path in sorted((VECTORS / "evidence").glob("good*.json")))
TRUST = Trust()
SHARES = tuple(share_text.written(one).encode() for one in split(b"k" * 32, 2, 3))
TEXTS = (
    b"99999003900011",
    b"100000017",
    b"10B0135356",
    b"810001234567",
    b"sophie@h\xc3\xb4pital.fr",
    b"www.xn--hpital-ywa.fr.",
    b"+33 1 99 00 12 34",
)
LINES = (
    "service;Prénom(s)\nA;Éloïse\n".encode("cp1252"),
    '\ufeffservice,fqdn\n"é",www.hopital.fr\n'.encode(),
)
QUERIES = (
    b"q=abc&offre=ORG&usage=AUTH_CLI&etat=valid&valide=week&tri=-number&page=2",
    b"valide=between&apres=2026-01-01&avant=9999-12-31",
    b"valide=between&apres=0001-01-01",
)
PUBLICATIONS = (
    b'[["crl/a.crl","aa",1],[1,"bb",2]]',
    json.dumps(
        {
            "sequence": 1,
            "at": "2026-01-01T00:00:00+00:00",
            "previous": None,
            "lineage": "x",
            "source": ["a", 1],
            "complete": True,
            "delegates": ["aa", 1],
            "files": ["bb", 1],
            "snapshot": [1, "cc", 1],
            "pages": [],
            "batches": [[1, "dd", 1]],
        }
    ).encode(),
)
COMPANIES = (
    json.dumps(
        {
            "results": [
                {
                    "nom_complet": "X",
                    "siren": "999990039",
                    "siege": {
                        "siret": "99999003900011",
                        "adresse": "1 RUE X",
                        "etat_administratif": "A",
                    },
                    "finances": {"2024": {"ca": 12}},
                }
            ]
        }
    ).encode(),
)
NOTES = (
    "a.test/journal\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a.test AAAA\n".encode(),
    b"guichet.test/journal+00000000+AQ==",
)
BUNDLED = (b"\x00\x02ab\x00\x01c",)
REGISTERS = tuple(
    b"\n".join(sample(name).splitlines()[:4]) for name in (UNITS, SITES, FINESS, ACTIVITIES, CARDS)
)
