"""The key that signs what relying parties are told: certified by our hierarchy, as any of theirs.

In `<state>/responder/statement/`, closed to all but the publisher. A statement is a JWS (RFC 7515)
of ES256, with the chain up to the root's child in `x5c`: who trusts the root can verify it.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey

from guichet.authority import queries as authority
from guichet.authority.queries import Authority
from guichet.domain.catalogue import authorities, generations, profiles
from guichet.domain.certificates.authority_states import Work
from guichet.journal.events import Event
from guichet.validation.delegated_keys import DelegatedKey, Kind

STATEMENT: Final = Kind(
    profile="STATEMENT",
    label="Declarations",
    actor="statement",
    asked=Event.STATEMENT_KEY_REQUESTED,
    installed=Event.STATEMENT_KEY_INSTALLED,
)
ALGORITHM: Final = "ES256"
TYPE: Final = "guichet-association+jwt"
GOOD_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pen:
    """A key ready to sign; `mark` changes with the key."""

    key: ECKey
    header: Mapping[str, Any]
    mark: int

    def signed(self, claims: Mapping[str, Any], at: datetime) -> bytes:
        """A compact JWS of the claims, with who says it, when, and until when it is good."""
        issued = int(at.timestamp())
        content = {
            "iss": settings.GUICHET.portal_url,
            "iat": issued,
            "exp": issued + int(GOOD_FOR.total_seconds()),
            **claims,
        }
        return jwt.encode(dict(self.header), content, self.key, algorithms=[ALGORITHM]).encode()


def maintain(at: datetime) -> int:
    """Ask for, then install, the key that is missing or past half its life; 1 where it did."""
    found = _delegated()
    return found.maintain(at) if found else 0


def mark() -> int:
    """What tells one key from the next, 0 while there is none."""
    files = [
        path.stat().st_mtime_ns for path in _folder().glob("*.pem") if ".next" not in path.name
    ]
    return max(files, default=0)


def pen() -> Pen | None:
    """The key in use; None while none is certified."""
    found = _delegated()
    if found is None or not found.current.exists():
        return None
    seen, content = mark(), found.current.read_bytes()
    leaf = x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
    chain = (leaf, found.authority.certificate_der)
    header = {
        "alg": ALGORITHM,
        "typ": TYPE,
        "x5t#S256": urlsafe_b64encode(sha256(leaf).digest()).rstrip(b"=").decode(),
        "x5c": [b64encode(der).decode() for der in chain],
    }
    own = content.partition(b"-----BEGIN CERTIFICATE-----")[0]
    return Pen(ECKey.import_key(own), header, seen)


def _delegated() -> DelegatedKey | None:
    """Under the newest generation that issues certificates of the profile's authority."""
    series = authorities.resolve(profiles.profile(STATEMENT.profile).authority)
    found: list[Authority] = [
        one
        for one in authority.authorities()
        if generations.series_of(one.code) == series and one.permits(Work.CERTIFICATES)
    ]
    return DelegatedKey(STATEMENT, found[-1], _folder()) if found else None


def _folder() -> Path:
    folder: Path = settings.GUICHET.state / "responder" / "statement"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
