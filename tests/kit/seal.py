"""The seal of a version, by the project's own authority: a detached signature, and a time-stamp.

The authority seals versions and nothing else: whoever trusts its root trusts no subscriber of a
counter. It lives in a state folder of its own, whose signer works as every counter's does.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from guichet.authority import ceremonies, queries
from guichet.authority.operations import SigningAsked, request_signature
from guichet.authority.signer import Signer
from guichet.domain.catalogue import authorities, profiles
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.certificates.naming import ServiceSubject, StructureName, named
from guichet.domain.identifiers import StructureId
from guichet.journal.stamping import Ask
from guichet.journal.timestamps import Authority, question, verified
from guichet.keystore import Keystore
from guichet.x509 import cms, names, request

# An organisation's seal: digitalSignature and contentCommitment, and the purpose that `openssl cms`
# asks for unless told otherwise (emailProtection).
PROFILE: Final = "ORG/SIGN"
# It is in no register: a technical number.
PUBLISHER: Final = StructureName(
    national_id=StructureId.parse("900000001"),
    legal_name="GUICHET",
    department_name="Paris",
    department_number="75",
)
ROOT_NAME: Final = "GUICHET AUTORITE RACINE DES VERSIONS"
ISSUER_NAME: Final = "GUICHET AUTORITE DES VERSIONS"


class NotSealedError(Exception):
    """The authority did not certify the seal; the message says why."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A detached signature (CMS, DER) and the certificate of the root that it leads to, DER."""

    signature: bytes
    root: bytes


def seal(content: bytes, version: str, signer: Signer, at: datetime) -> Seal:
    """Sign a version's digests by a key that is certified for this alone, and forgotten.

    Raises NotSealedError, Refusal.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    asked = SigningAsked(
        profile=PROFILE,
        subject=named(ServiceSubject(structure=PUBLISHER, service=f"Guichet {version}")).subject,
        sans=(),
        csr_der=request.unnamed(key),
        reference=f"release:{version}:{at.isoformat()}",
    )
    request_id = request_signature(asked=asked, at=at)
    signer.run_once(at)
    status = queries.signing_status(request_id)
    if status.certificate_id is None:
        raise NotSealedError(f"Guichet {version}: {status.failure or status.state}")
    own = queries.certificate(status.certificate_id)
    *between, root = own.chain_ders
    return Seal(cms.sign(content, key, own.der, between), root)


def make_authorities(keystore: Keystore, pki_base: str, at: datetime) -> bytes:
    """Make the root and the authority that seals; return the root's certificate, DER."""
    ceremony = ceremonies.Ceremony(keystore=keystore, pki_base=pki_base, at=at, by="release")
    root, _ = [ceremonies.create(ceremony, spec) for spec in path()]
    return root.certificate_der


def path() -> tuple[AuthoritySpec, ...]:
    """The authorities that the profile leads to, the root first, under names of our own."""
    issuer = authorities.spec(authorities.resolve(profiles.profile(PROFILE).authority))
    assert issuer.parent is not None
    root = authorities.spec(issuer.parent)
    return _named(root, ROOT_NAME), _named(issuer, ISSUER_NAME)


def _named(spec: AuthoritySpec, common_name: str) -> AuthoritySpec:
    """The catalogue's names are those of an operator, who did not make this version."""
    attributes = ((names.COUNTRY, "FR"), (names.ORGANIZATION, PUBLISHER.legal_name))
    own = tuple((one,) for one in (*attributes, (names.COMMON_NAME, common_name)))
    return replace(spec, name=own)


def time_stamp(signature: bytes, authority: Authority, ask: Ask) -> bytes:
    """What an RFC 3161 authority answers of a signature. Raises OSError, TimestampError."""
    query, nonce = question(signature)
    answer = ask(query)
    verified(answer, signature, authority.certificates(), nonce)
    return answer
