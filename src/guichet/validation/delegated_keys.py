"""Keys that an authority certifies for a service of ours, renewed before they are over.

In a folder of each kind, `<code>.pem` holds the key in use and its certificate; `<code>.next.pem`
holds a key whose certificate is awaited. The reference of the request follows from the key, so a
run that was cut is taken up where it stopped.
"""

import hashlib
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.db import transaction

from guichet.authority import operations, queries
from guichet.authority.operations import SigningAsked
from guichet.authority.queries import Authority, IssuedCertificate
from guichet.domain.certificates.naming import ResponderSubject, named
from guichet.domain.certificates.states import SigningState
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.validation.files import replace
from guichet.x509 import bundles, keys, names, request

RETRY_AFTER: Final = timedelta(hours=1)
ABANDONED: Final = frozenset({SigningState.REFUSED, SigningState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What keys of a folder are for: their profile, their name under the authority's, who asks."""

    profile: str
    label: str
    actor: str
    asked: Event
    installed: Event


@dataclass(frozen=True, slots=True)
class DelegatedKey:
    """The key of one kind that one authority certifies, in a folder of that kind."""

    kind: Kind
    authority: Authority
    folder: Path

    @property
    def current(self) -> Path:
        """The key in use and its certificate."""
        return self.folder / f"{self.authority.code}.pem"

    @property
    def awaited(self) -> Path:
        """The key whose certificate is awaited."""
        return self.folder / f"{self.authority.code}.next.pem"

    def maintain(self, at: datetime) -> int:
        """Ask for, then install, a key that is missing or past half its life; 1 where it did."""
        if not self.awaited.exists():
            if self.current.exists() and not _past_half_life(self.current, at):
                return 0
            replace(self.awaited, _pem(ec.generate_private_key(ec.SECP256R1())), mode=0o600)
        return self._follow(at)

    def _follow(self, at: datetime) -> int:
        key = load(self.awaited)
        reference = f"{self.kind.actor}:{self.authority.code}:{_spki_sha256(key)[:16]}"
        known = queries.request_of(reference)
        if known is None:
            self._ask(key, reference, at)
            return 1
        status = queries.signing_status(known)
        if status.certificate_id is not None:
            self._install(queries.certificate(status.certificate_id), at)
            self.awaited.unlink()
            return 1
        if status.state in ABANDONED and _made_at(self.awaited) + RETRY_AFTER <= at:
            self.awaited.unlink()
        return 0

    @transaction.atomic
    def _ask(self, key: ec.EllipticCurvePrivateKey, reference: str, at: datetime) -> UUID:
        code = self.authority.code
        subject = x509.load_der_x509_certificate(self.authority.certificate_der).subject
        label = f"{self.kind.label} {code}"
        name = named(ResponderSubject(authority=names.name_of(subject), label=label))
        journal.record(
            self.kind.asked,
            subject=f"authority:{code}",
            actor=self.kind.actor,
            at=at,
            facts={"reference": reference},
        )
        return operations.request_signature(
            asked=SigningAsked(
                profile=self.kind.profile,
                authority=code,
                subject=name.subject,
                sans=name.sans,
                csr_der=request.unnamed(key),
                reference=reference,
            ),
            at=at,
        )

    @transaction.atomic
    def _install(self, found: IssuedCertificate, at: datetime) -> None:
        """Key and certificate in one file, so that they change together; done again after a crash.

        A reader that is another user reads it by its group, whose folder this is then (setgid).
        """
        mode = 0o640 if self.folder.stat().st_mode & stat.S_ISGID else 0o600
        journal.record(
            self.kind.installed,
            subject=f"authority:{found.authority}",
            actor=self.kind.actor,
            at=at,
            facts={"serial": found.serial_hex},
        )
        content = self.awaited.read_bytes() + bundles.pem(found.der).encode()
        replace(self.current, content, mode=mode)


def load(file: Path) -> ec.EllipticCurvePrivateKey:
    """The private key of a file. Raises TypeError where it is of another kind."""
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} holds no elliptic curve key")
    return key


def _past_half_life(file: Path, at: datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return at >= begins + (ends - begins) / 2


def _made_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _spki_sha256(key: ec.EllipticCurvePrivateKey) -> str:
    return hashlib.sha256(keys.public_half(key)).hexdigest()
