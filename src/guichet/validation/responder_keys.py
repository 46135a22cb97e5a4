"""Keys of the delegated OCSP responders: one per authority, renewed before they are over.

In `<state>/responder/`: `<code>.pem` holds the key in use and its certificate; `<code>.next.pem`
holds a key whose certificate is awaited. The reference of the request follows from the key, so a
run that was cut is taken up where it stopped.
"""

import hashlib
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction

from guichet.authority import operations, queries
from guichet.authority.operations import SigningAsked
from guichet.authority.queries import Authority, IssuedCertificate
from guichet.domain.certificates.authority_states import Work
from guichet.domain.certificates.naming import ResponderSubject, named
from guichet.domain.certificates.states import SigningState
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.validation.files import replace
from guichet.validation.signers import NEVER
from guichet.x509 import bundles, keys, names

PROFILE: Final = "OCSP"
ACTOR: Final = "responder"
RETRY_AFTER: Final = timedelta(hours=1)
ABANDONED: Final = frozenset({SigningState.REFUSED, SigningState.FAILED})


def maintain(at: datetime) -> int:
    """Ask for, then install, the keys that are missing or past half their life.

    An authority that retires still answers; one without a key here, or that is over, does not.
    Returns how many requests or installations were made; call it again once the signer ran.
    """
    done = 0
    for authority in queries.authorities():
        if authority.permits(Work.DELEGATES):
            done += _maintain(authority, at)
        else:
            _close(authority)
    return done


def folder() -> Path:
    """Where the keys are: readable by the responder's user alone."""
    found: Path = settings.GUICHET.state / "responder"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def _close(authority: Authority) -> None:
    """Nobody will sign answers of this authority: the publisher need not try again."""
    mark = folder() / f"{authority.code}{NEVER}"
    if not mark.exists():
        (folder() / f"{authority.code}.next.pem").unlink(missing_ok=True)
        replace(mark, b"", mode=0o600)


def _maintain(authority: Authority, at: datetime) -> int:
    current = folder() / f"{authority.code}.pem"
    awaited = folder() / f"{authority.code}.next.pem"
    if not awaited.exists():
        if current.exists() and not _past_half_life(current, at):
            return 0
        replace(awaited, _pem(ec.generate_private_key(ec.SECP256R1())), mode=0o600)
    return _follow(authority, awaited, current, at)


def _follow(authority: Authority, awaited: Path, current: Path, at: datetime) -> int:
    key = _load(awaited)
    reference = f"responder:{authority.code}:{_spki_sha256(key)[:16]}"
    known = queries.request_of(reference)
    if known is None:
        _ask(authority, key, reference, at)
        return 1
    status = queries.signing_status(known)
    if status.certificate_id is not None:
        _install(queries.certificate(status.certificate_id), awaited, current, at)
        awaited.unlink()
        return 1
    if status.state in ABANDONED and _made_at(awaited) + RETRY_AFTER <= at:
        awaited.unlink()
    return 0


@transaction.atomic
def _ask(
    authority: Authority, key: ec.EllipticCurvePrivateKey, reference: str, at: datetime
) -> UUID:
    subject = x509.load_der_x509_certificate(authority.certificate_der).subject
    name = named(ResponderSubject(authority=names.name_of(subject), label=f"OCSP {authority.code}"))
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    journal.record(
        Event.RESPONDER_KEY_REQUESTED,
        subject=f"authority:{authority.code}",
        actor=ACTOR,
        at=at,
        facts={"reference": reference},
    )
    return operations.request_signature(
        asked=SigningAsked(
            profile=PROFILE,
            authority=authority.code,
            subject=name.subject,
            sans=name.sans,
            csr_der=request.sign(key, hashes.SHA256()).public_bytes(Encoding.DER),
            reference=reference,
        ),
        at=at,
    )


@transaction.atomic
def _install(found: IssuedCertificate, awaited: Path, current: Path, at: datetime) -> None:
    """Key and certificate in one file, so that they change together; done again after a crash.

    A responder that is another user reads it by its group, whose folder this is then (setgid).
    """
    mode = 0o640 if folder().stat().st_mode & stat.S_ISGID else 0o600
    journal.record(
        Event.RESPONDER_KEY_INSTALLED,
        subject=f"authority:{found.authority}",
        actor=ACTOR,
        at=at,
        facts={"serial": found.serial_hex},
    )
    replace(current, awaited.read_bytes() + bundles.pem(found.der).encode(), mode=mode)


def _past_half_life(file: Path, at: datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return at >= begins + (ends - begins) / 2


def _made_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _load(file: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} holds no elliptic curve key")
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _spki_sha256(key: ec.EllipticCurvePrivateKey) -> str:
    return hashlib.sha256(keys.public_half(key)).hexdigest()
