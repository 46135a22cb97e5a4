"""Whether a presented certificate chain holds, by the published authorities and lists alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from guichet.domain.catalogue import authorities, generations
from guichet.x509 import chains
from guichet.x509.folder import RevocationFolder, Revoked, Unavailable

OWN: Final = ".cer"
Kind = Literal["untrusted", "expired", "not-yet-valid", "malformed", "revoked", "unavailable"]


class TrustFault(Exception):  # noqa: N818 an answer about a certificate, not a fault of ours
    """A chain does not hold; `revoked_at` and `reason` are told of revoked ones."""

    def __init__(
        self, kind: Kind, *, revoked_at: datetime | None = None, reason: str | None = None
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.revoked_at = revoked_at
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """Reads <published>/ac/ and <published>/crl/<code>.crl; follows their changes.

    All generations of a root are trusted; every other certificate published may be on the way,
    one by another issuer (.crt) too.
    """

    published: Path
    revocations: RevocationFolder = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "revocations", RevocationFolder(self.published))

    def verify(self, chain: Sequence[bytes], roots: Sequence[str], at: datetime) -> chains.Verified:
        """Chain and validity up to the roots of those short codes ("ACR-FO"). Raises TrustFault."""
        series = {authorities.resolve(root) for root in roots}
        files = sorted((self.published / "ac").glob("[!.]*.c[er][rt]"))
        anchors = [file for file in files if _is_of(file, series)]
        below = [file for file in files if file not in anchors]
        try:
            return chains.verify(chain, _read(anchors), _read(below), at)
        except chains.ChainError as error:
            raise TrustFault(error.kind) from error

    def require_not_revoked(self, verified: chains.Verified, at: datetime) -> None:
        """Every certificate below the root has a good status. Raises TrustFault."""
        for certificate, issuer in zip(verified.chain, verified.chain[1:], strict=False):
            status = self.revocations.status(certificate, issuer, at)
            if isinstance(status, Revoked):
                reason = status.reason.value if status.reason else None
                raise TrustFault("revoked", revoked_at=status.at, reason=reason)
            if isinstance(status, Unavailable):
                raise TrustFault("unavailable", reason=status.why)


def _is_of(file: Path, series: set[str]) -> bool:
    """Whether a published file is the own certificate of any generation of these authorities."""
    return file.suffix == OWN and generations.series_of(file.stem) in series


def _read(files: Sequence[Path]) -> list[bytes]:
    return [file.read_bytes() for file in files]


@lru_cache(maxsize=8)
def trust_folder(published: Path) -> TrustFolder:
    """The reader of one folder, shared by the process so that lists are parsed once."""
    return TrustFolder(published)
