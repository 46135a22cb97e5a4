"""Whether a presented certificate chain holds, by the published authorities and lists alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from django.conf import settings

from guichet.domain.catalogue import authorities, generations, twins
from guichet.domain.catalogue.twins import Environment
from guichet.domain.refusals import Code, Refusal
from guichet.x509 import certificate, chains
from guichet.x509.errors import Unreadable
from guichet.x509.folder import RevocationFolder, Revoked, Unavailable

OWN: Final = ".cer"
Kind = Literal["untrusted", "expired", "not-yet-valid", "malformed", "revoked", "unavailable"]


class TrustFault(Exception):  # noqa: N818 an answer about a certificate, not a fault of ours
    """A chain does not hold; `revoked_at` and `reason` are told of revoked ones.

    `of_twin`: the hierarchy of the other environment issued it, TEST where production serves.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        revoked_at: datetime | None = None,
        reason: str | None = None,
        of_twin: bool = False,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.of_twin = of_twin
        self.revoked_at = revoked_at
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """Reads <published>/ac/ and <published>/crl/<code>.crl; follows their changes.

    All generations of a root are trusted; every other certificate published may be on the way,
    one by another issuer (.crt) too. What the other environment's hierarchy issued is refused by
    its issuer's name first: a root laid in the wrong folder opens nothing.
    """

    published: Path
    environment: Environment = authorities.ENVIRONMENT
    revocations: RevocationFolder = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "revocations", RevocationFolder(self.published))

    def verify(self, chain: Sequence[bytes], roots: Sequence[str], at: datetime) -> chains.Verified:
        """Chain and validity up to the roots of those short codes ("ACR-FO"). Raises TrustFault."""
        self.require_own(chain)
        series = {twins.full_code(self.environment, root) for root in roots}
        files = sorted((self.published / "ac").glob("[!.]*.c[er][rt]"))
        anchors = [file for file in files if _is_of(file, series)]
        below = [file for file in files if file not in anchors]
        try:
            return chains.verify(chain, _read(anchors), _read(below), at)
        except chains.ChainError as error:
            raise TrustFault(error.kind) from error

    def require_own(self, chain: Sequence[bytes]) -> None:
        """No certificate presented is of the other environment's hierarchy. Raises TrustFault."""
        try:
            issuers = [certificate.issuer_der(found) for found in chain]
        except Unreadable as error:
            raise TrustFault("malformed") from error
        if any(authorities.is_of_twin(issuer, self.environment) for issuer in issuers):
            raise TrustFault("untrusted", of_twin=True)

    def require_not_revoked(self, verified: chains.Verified, at: datetime) -> None:
        """Every certificate below the root has a good status. Raises TrustFault."""
        for issued, issuer in zip(verified.chain, verified.chain[1:], strict=False):
            status = self.revocations.status(issued, issuer, at)
            if isinstance(status, Revoked):
                reason = status.reason.value if status.reason else None
                raise TrustFault("revoked", revoked_at=status.at, reason=reason)
            if isinstance(status, Unavailable):
                raise TrustFault("unavailable", reason=status.why)


def twin_refusal(fault: TrustFault) -> Refusal | None:
    """What is said of a certificate of the other environment; None of any other fault."""
    if not fault.of_twin:
        return None
    here = Environment(settings.GUICHET.environment)
    return Refusal(Code.CERTIFICATE_OF_TWIN, presented=here.twin.word, here=here.word)


def _is_of(file: Path, series: set[str]) -> bool:
    """Whether a published file is the own certificate of any generation of these authorities."""
    return file.suffix == OWN and generations.series_of(file.stem) in series


def _read(files: Sequence[Path]) -> list[bytes]:
    return [file.read_bytes() for file in files]


def trust_folder(published: Path) -> TrustFolder:
    """The reader of one folder, shared by the process so that lists are parsed once."""
    return _shared(published, Environment(settings.GUICHET.environment))


@lru_cache(maxsize=8)
def _shared(published: Path, environment: Environment) -> TrustFolder:
    return TrustFolder(published, environment)
