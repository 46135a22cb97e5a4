"""A small PKI for tests, right by default: a test names only what is wrong.

Authority keys are RSA-2048 so that a run stays short; names, profiles and extensions are the real
ones. Keys of authorities are made once per run; `fresh_key` makes a new one each time.
"""

import os
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from guichet.domain.catalogue import authorities, profiles
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.certificates import csr_policy, naming
from guichet.domain.certificates.plan import AuthorityFacts, PkiUrls, authority_plan, plan
from guichet.domain.identifiers import CardNumber, EmailAddress, Fqdn, PersonId, StructureId
from guichet.keystore import algorithms
from guichet.x509 import certificate, crl, keys, signatures
from guichet.x509.certificate import Plan
from guichet.x509.crl_headings import Heading

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URLS = PkiUrls("http://127.0.0.1:8080")
# Where a run keeps its RSA keys for all its workers and programs; no other kind takes time to make.
KEPT: Final = "KEYS_OF_TESTS"
Key = keys.SigningKey

HOSPITAL = naming.StructureName(
    national_id=StructureId.parse("10B0135356"),
    legal_name="HOPITAL DES 3 DAMES",
    department_name="Paris",
    department_number="75",
)
SOPHIE = naming.PersonSubject(
    national_id=PersonId.parse("899700366240"),
    surname="DIRECTRICE",
    given_names="SOPHIE",
    title="Médecin",
    mail=EmailAddress.parse("sophie@hopital3dames.fr"),
)


def fresh_key(kind: str = "rsa-2048") -> Key:
    """Make a key: "rsa-<bits>" of any size, or as the keystore names it."""
    if kind.startswith("rsa-"):
        return keys.make_rsa(int(kind.split("-")[1]))
    return algorithms.make(kind)


@cache
def kept_key(name: str, kind: str = "rsa-2048") -> Key:
    """Make a key once per run where one keeps them, per process otherwise, by name."""
    if KEPT not in os.environ or not kind.startswith("rsa-"):
        return fresh_key(kind)
    path = Path(os.environ[KEPT], re.sub(r"[^\w-]", "_", f"{name} {kind}"))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        own = path.with_name(f"{path.name}.{os.getpid()}")
        made = fresh_key(kind).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        own.write_bytes(made)
        with suppress(FileExistsError):  # whoever is first has made it for all
            path.hardlink_to(own)
        own.unlink()
    loaded: Any = load_der_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    key: Key = loaded
    return key


def csr(
    key: Key | None = None,
    subject: str = "ignored",
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    digest: hashes.HashAlgorithm | None = None,
) -> bytes:
    """Make a request, DER, signed by its own key."""
    key = key or fresh_key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    chosen: Any = None if keys.kind_of(key) in keys.PURE else digest or hashes.SHA256()
    return builder.sign(key, chosen).public_bytes(Encoding.DER)


def csr_with_signature_of(key: Key, other: Key) -> bytes:
    """Make a request that carries `key` and is signed by `other` of the same kind."""
    tbs = x509.load_der_x509_csr(csr(key)).tbs_certrequest_bytes
    return signatures.bound(other).signed(tbs)


def subject_for(profile: profiles.Profile) -> naming.OrderedSubject:
    """Return a subject that fits the profile."""
    match profile.subject_kind:
        case "service":
            return naming.ServiceSubject(structure=HOSPITAL, service="Monserviceclient")
        case "server":
            fqdn = Fqdn.parse("dossier.hopital3dames.fr")
            return naming.ServerSubject(structure=HOSPITAL, fqdn=fqdn)
        case "mailbox":
            mail = EmailAddress.parse("accueil@hopital3dames.fr")
            return naming.MailboxSubject(structure=HOSPITAL, mail=mail)
        case "person":
            return SOPHIE
        case "card":
            number = CardNumber.parse("2800000001")
            return naming.CardSubject(person=SOPHIE, card_number=number, profession="10")
    name = authorities.spec(authorities.resolve(profile.authority)).name
    return naming.ResponderSubject(authority=name, label="TEST OCSP")


@dataclass(frozen=True)
class Authority:
    """An authority of the test hierarchy."""

    code: str
    der: bytes
    key: Key
    issuer: "Authority | None"
    scheme: str = ""

    @property
    def facts(self) -> AuthorityFacts:
        """As plans want it."""
        return AuthorityFacts(self.code, self.der)

    @property
    def signing(self) -> signatures.BoundKey:
        """Its key, with its scheme."""
        return signatures.bound(self.key, self.scheme)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Itself, up to its root."""
        return (self.der, *(self.issuer.chain if self.issuer else ()))


@dataclass(frozen=True)
class Leaf:
    """A certificate issued, its key, and the authority that signed."""

    der: bytes
    key: Key
    authority: Authority
    plan: Plan

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The leaf, its issuer, up to the root."""
        return (self.der, *self.authority.chain)

    @property
    def serial(self) -> int:
        """Its serial number."""
        return self.plan.serial


@dataclass
class Pki:
    """The demo's hierarchy with short keys, begun one year before `now`."""

    now: datetime = NOW
    urls: PkiUrls = URLS
    authorities: dict[str, Authority] = field(default_factory=dict)
    algorithm: str = ""  # of every authority, instead of its own
    signature: str = ""  # its scheme

    def authority(self, code: str = "ACI-EL-ORG-TEST") -> Authority:
        """Return an authority, made with its issuer on first use."""
        if code not in self.authorities:
            spec = self._spec(code)
            issuer = self.authority(spec.parent) if spec.parent else None
            key = kept_key(code, short(spec.algorithm))
            own = signatures.bound(key, spec.signature)
            planned = authority_plan(
                spec,
                keys.public_half(key),
                issuer.facts if issuer else None,
                serial(),
                self.now - timedelta(days=365),
                self.urls,
            )
            signed = certificate.sign(planned, issuer.signing if issuer else own)
            self.authorities[code] = Authority(code, signed, key, issuer, spec.signature)
        return self.authorities[code]

    def _spec(self, code: str) -> AuthoritySpec:
        spec = authorities.spec(code)
        if not self.algorithm:
            return spec
        return replace(spec, algorithm=self.algorithm, signature=self.signature)

    def root_of(self, key: Key) -> bytes:
        """Return a root certificate, DER, of this key."""
        spec = authorities.spec("ACR-EL-TEST")
        half = keys.public_half(key)
        planned = authority_plan(spec, half, None, serial(), self.now, self.urls)
        return certificate.sign(planned, signatures.bound(key))

    def fresh_key(self, kind: str = "rsa-2048") -> Key:
        """Make a key nobody has seen."""
        return fresh_key(kind)

    def csr(self, key: Key | None = None, *, signed_by: Key | None = None, **asked: Any) -> bytes:
        """Make a request, DER; `signed_by` another key proves possession of nothing."""
        key = key or kept_key("csr")
        return csr_with_signature_of(key, signed_by) if signed_by else csr(key, **asked)

    def leaf(
        self,
        profile: str = "ORG/AUTH_CLI",
        *,
        key: Key | None = None,
        ordered: naming.OrderedSubject | None = None,
        at: datetime | None = None,
        authority: str | None = None,
        shard: int = 0,
        **changes: Any,
    ) -> Leaf:
        """Issue a certificate as the signer would; `changes` replace parts of the plan."""
        chosen = profiles.profile(profile)
        key = key or kept_key("leaf")
        named = naming.named(ordered or subject_for(chosen))
        sans = named.sans if chosen.san != "none" or chosen.subject_kind == "card" else ()
        issuer = self.authority(authority or authorities.resolve(chosen.authority))
        planned = plan(
            chosen,
            csr_policy.AdmittedCsr(csr_policy.read(csr(key)), chosen),
            named.subject,
            sans,
            replace(issuer.facts, shard=shard),
            serial(),
            at or self.now,
            self.urls,
        )
        planned = replace(planned, **changes)
        return Leaf(certificate.sign(planned, issuer.signing), key, issuer, planned)

    def crl(
        self,
        code: str = "ACI-EL-ORG-TEST",
        revoked: Sequence[crl.RevokedEntry] = (),
        *,
        number: int = 1,
        at: datetime | None = None,
        days: int = 7,
        **said: Any,
    ) -> bytes:
        """Sign the list of an authority; `said` is what else its heading holds."""
        issuer, at = self.authority(code), at or self.now
        until = at + timedelta(days=days)
        heading = Heading(number=number, this_update=at, next_update=until, **said)
        return crl.build(issuer.der, heading, crl.encoded(revoked), issuer.signing)


def short(algorithm: str) -> str:
    """The algorithm with the shortest keys that a test may take instead of this one."""
    return "rsa-2048" if algorithm.startswith("rsa-") else algorithm


def serial() -> int:
    """Draw a positive 128-bit serial."""
    return secrets.randbits(128) | 1
