"""The demo's authority at work: hierarchy, responders, what the demo asks it to sign."""

from datetime import datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from guichet.authority import hierarchy, queries
from guichet.authority.operations import SigningAsked, request_signature
from guichet.authority.queries import IssuedCertificate
from guichet.authority.signer import Signer
from guichet.demo import tls
from guichet.demo.files import write, write_trust
from guichet.domain.certificates.states import SigningState
from guichet.processes.signer import make_signer, open_signing_keystore
from guichet.validation import responder_keys
from guichet.x509 import keys

FIRST_ROOT = "ACR-EL-TEST"
SUBSCRIBER_BITS = 2048
# Old enough to have signed a card that is over today (profile CARD-AUTH: 36 months).
HIERARCHY_AGE = timedelta(days=4 * 365)


class NotIssuedError(Exception):
    """The signer refused what the demo asked; the message says why."""


def make_hierarchy(at: datetime) -> str:
    """Roots and issuing authorities of the TEST hierarchy, as if they had served for years."""
    began = at - HIERARCHY_AGE
    hierarchy.create(open_signing_keystore(), pki_base=settings.GUICHET.pki_url, at=began)
    return ", ".join(authority.code for authority in queries.authorities())


def make_responders(at: datetime) -> str:
    """A delegated OCSP responder for each authority: asked, signed, installed."""
    responder_keys.maintain(at)
    while _signer().run_once(at):
        pass
    responder_keys.maintain(at)
    return f"{len(queries.authorities())} répondeurs"


def make_tls(at: datetime) -> str:
    """The certificate of the HTTPS ports, and trust/ for people and scripts."""
    folder = settings.GUICHET.state
    authority = folder / "tls" / "authority.pem"
    if not authority.exists():
        server, key, issuer = tls.make(settings.GUICHET.host, at)
        write(folder / "tls" / "server.pem", server)
        write(folder / "tls" / "server.key", key, private=True)
        write(authority, issuer)
    every = queries.authorities()
    roots = sorted((a for a in every if a.parent is None), key=lambda a: a.code != FIRST_ROOT)
    write_trust(
        folder / "demo" / "trust",
        tuple(root.certificate_der for root in roots),
        tuple(found.certificate_der for found in every),
        ports=authority.read_bytes(),
    )
    return settings.GUICHET.host


@cache
def _signer() -> Signer:
    """One for everything: the keys that it rehearses with take as long to make as the real ones."""
    return make_signer()


def new_key() -> rsa.RSAPrivateKey:
    """A subscriber's key."""
    return keys.make_rsa(SUBSCRIBER_BITS)


def issue(asked: SigningAsked, at: datetime) -> IssuedCertificate:
    """Ask, sign in this process, and return the certificate. Raises NotIssuedError."""
    request_id = request_signature(asked=asked, at=at)
    _signer().run_once(at)
    status = queries.signing_status(request_id)
    if status.state is not SigningState.ISSUED or status.certificate_id is None:
        raise NotIssuedError(f"{asked.reference}: {status.failure or status.state}")
    return queries.certificate(status.certificate_id)
