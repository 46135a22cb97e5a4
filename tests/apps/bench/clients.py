"""Clients of the bench: what they present, and the published files that they are judged by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from guichet.bench.diagnosis import Diagnosis, diagnose
from guichet.identities.peer import PeerTls
from guichet.identities.trust import TrustFolder
from guichet.x509.crl import RevokedEntry
from kit.pki import NOW, Leaf, Pki

CA = "ACI-EL-ORG-TEST"
CODES = ("ACR-EL-TEST", CA, "ACI-EL-PP-TEST", "ACR-FO-TEST", "ACI-FO-PP-TEST")
SECOND = timedelta(seconds=1)


@dataclass
class Bench:
    """The bench over a folder as the clerk publishes it: authorities, and their lists."""

    folder: Path
    pki: Pki
    trust: TrustFolder = field(init=False)

    def __post_init__(self) -> None:
        self.trust = TrustFolder(self.folder)
        for name in ("ac", "crl"):
            (self.folder / name).mkdir(parents=True)
        for code in CODES:
            (self.folder / "ac" / f"{code}.cer").write_bytes(self.pki.authority(code).der)
            self.publish_list(code)

    def publish_list(self, code: str, *serials: int) -> None:
        """The list of an authority, issued when its hierarchy says it is."""
        entries = [RevokedEntry(serial, self.pki.now, None) for serial in serials]
        made = self.pki.crl(code, entries)
        (self.folder / "crl" / f"{code}.crl").write_bytes(made)

    def judge(
        self, chain: Sequence[bytes], *, at: datetime = NOW, tls_version: str = "TLSv1.3"
    ) -> Diagnosis:
        """What it makes of a connection."""
        return diagnose(peer(chain, tls_version), self.trust, at)

    def codes(self, leaf: Leaf, *, at: datetime = NOW, tls_version: str = "TLSv1.3") -> list[str]:
        """The codes of the objections, in order."""
        found = self.judge(leaf.chain[:2], at=at, tls_version=tls_version)
        return [objection.code.value for objection in found.objections]


def peer(chain: Sequence[bytes], tls_version: str = "TLSv1.3") -> PeerTls:
    """A connection as the listener describes it."""
    return PeerTls(chain=tuple(chain), tls_version=tls_version, cipher="TLS_AES_256_GCM_SHA384")
