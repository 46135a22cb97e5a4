"""What the bench makes of a connection: facts seen, requirements met or not, objections.

Requirements EXI_PSC_22 and EXI_PSC_24 of Pro Santé Connect (deck, ORG offer of the IGC-Santé).
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from guichet.domain import client_hello
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates.recognition import recognise
from guichet.domain.client_hello import ClientHello
from guichet.domain.refusals import Code, Objection
from guichet.identities.peer import PeerTls
from guichet.identities.trust import Kind, TrustFault, TrustFolder
from guichet.x509 import certificate
from guichet.x509.chains import Verified
from guichet.x509.decode import Description, describe
from guichet.x509.errors import Unreadable

ROOTS: Final = ("ACR-EL", "ACR-FO", "ACR-ST")
TLS_ENOUGH: Final = frozenset({"TLSv1.2", "TLSv1.3"})
CODES: Final[dict[Kind, Code]] = {
    "untrusted": Code.BENCH_UNTRUSTED,
    "malformed": Code.BENCH_UNTRUSTED,
    "expired": Code.BENCH_EXPIRED,
    "not-yet-valid": Code.BENCH_NOT_YET_VALID,
    "revoked": Code.BENCH_REVOKED,
    "unavailable": Code.BENCH_STATUS_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One connection judged. `presented` is what the client sent, leaf first, decoded.

    `hello` is None where nobody saw it (behind a proxy) or it cannot be read.
    """

    peer: PeerTls
    hello: ClientHello | None
    at: datetime
    presented: tuple[Description, ...]
    profile: Profile | None
    objections: tuple[Objection, ...]

    @property
    def tls_version(self) -> str:
        """As OpenSSL names it; empty when there is no TLS."""
        return self.peer.tls_version

    @property
    def cipher(self) -> str:
        """The suite agreed upon."""
        return self.peer.cipher

    @property
    def is_accepted(self) -> bool:
        """An ORG/AUTH_CLI certificate, valid, over TLS 1.2 or later."""
        return not self.objections


def diagnose(seen: PeerTls | None, published: TrustFolder, at: datetime) -> Diagnosis:
    """Judge a connection by published files alone."""
    peer = seen or PeerTls(chain=(), tls_version="", cipher="")
    presented: tuple[Description, ...] = ()
    profile: Profile | None = None
    try:
        presented = tuple(map(describe, peer.chain))
    except Unreadable:
        found = [Objection(Code.BENCH_UNTRUSTED)]
    else:
        profile, found = _judged(peer, presented, published, at)
    return Diagnosis(
        peer=peer,
        hello=_hello(peer.hello),
        at=at,
        presented=presented,
        profile=profile,
        objections=tuple(found),
    )


def _judged(
    peer: PeerTls, presented: tuple[Description, ...], published: TrustFolder, at: datetime
) -> tuple[Profile | None, list[Objection]]:
    if not presented:
        return None, [Objection(Code.BENCH_NO_CERTIFICATE)]
    found: list[Objection] = []
    if peer.tls_version not in TLS_ENOUGH:
        found.append(Objection(Code.BENCH_TLS_VERSION, (("version", peer.tls_version),)))
    try:
        verified = published.verify(peer.chain, ROOTS, at)
    except TrustFault as fault:
        return None, [*found, _untrusted(fault, published)]
    profile = recognise(presented[0], _issuer_code(verified, published.published))
    return profile, [*found, *_revocation(verified, published, at), *_usage(profile)]


def _untrusted(fault: TrustFault, published: TrustFolder) -> Objection:
    """Why no chain holds: one of TEST shown in production has a reason of its own."""
    if not fault.of_twin:
        return Objection(CODES[fault.kind])
    here = published.environment
    facts = (("presented", here.twin.word), ("here", here.word))
    return Objection(Code.BENCH_OF_TWIN, facts)


def _hello(records: bytes) -> ClientHello | None:
    try:
        return client_hello.read(records) if records else None
    except Unreadable:
        return None


def _revocation(verified: Verified, published: TrustFolder, at: datetime) -> list[Objection]:
    try:
        published.require_not_revoked(verified, at)
    except TrustFault as fault:
        return [Objection(CODES[fault.kind])]
    return []


def _usage(profile: Profile | None) -> list[Objection]:
    if profile is None or profile.offer is not Offer.ORG:
        seen = profile.code if profile else "?"
        return [Objection(Code.BENCH_WRONG_OFFER, (("profile", seen),))]
    if profile.usage is not Usage.AUTH_CLI:
        return [Objection(Code.BENCH_WRONG_USAGE, (("profile", profile.code),))]
    return []


def _issuer_code(verified: Verified, published: Path) -> str:
    """The full code of the authority that signed the leaf, as published, whoever certified it."""
    key = certificate.spki_der(verified.issuer)
    for path in sorted((published / "ac").glob("[!.]*.cer")):
        if certificate.spki_der(path.read_bytes()) == key:
            return path.stem
    return ""
