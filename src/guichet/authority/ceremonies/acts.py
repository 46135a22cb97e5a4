"""What the acts of a ceremony share: where keys are, when it is, who acts, what came of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from guichet.authority import authority_keys, recovery
from guichet.authority.models import CertificationAuthority
from guichet.authority.signing import Rehearsal
from guichet.domain.catalogue import generations
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.certificates.extensions import PkiUrls
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.keystore import Keystore
from guichet.x509 import certificate, keys
from guichet.x509.signatures import BoundKey


class CeremonyError(Exception):
    """The act cannot be done; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """What all acts of one ceremony share; `by` is the journal's actor."""

    keystore: Keystore
    pki_base: str
    at: datetime
    by: str = "ceremony"
    rehearsal: Rehearsal = field(default_factory=Rehearsal)

    @property
    def urls(self) -> PkiUrls:
        """The addresses that certificates made now carry."""
        return PkiUrls(self.pki_base)

    def tell(self, event: Event, code: str, facts: Mapping[str, Fact]) -> None:
        """Write the act in the journal, in the caller's transaction."""
        journal.record(event, subject=f"authority:{code}", actor=self.by, at=self.at, facts=facts)

    def key(self, label: str, spec: AuthoritySpec) -> BoundKey:
        """The key of a label, made unless a run that was cut made it. Raises KeystoreError."""
        if label not in self.keystore.labels():
            self.keystore.generate(label, spec.algorithm)
        return authority_keys.bind(self.keystore.signing_key(label), spec.signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A certificate of an authority. Digests are SHA-256 in hexadecimal, lower case.

    `is_new` is False when it was there already, from a run that was cut: nothing was done.
    """

    code: str
    serial_hex: str
    certificate_der: bytes
    certificate_sha256: str
    key_sha256: str
    is_new: bool

    @classmethod
    def of(cls, code: str, der: bytes, *, is_new: bool = True) -> Self:
        """What there is to say of a certificate of the authority of this code."""
        return cls(
            code=code,
            serial_hex=certificate.serial_hex(certificate.load(der).serial_number),
            certificate_der=der,
            certificate_sha256=hashlib.sha256(der).hexdigest(),
            key_sha256=key_sha256(der),
            is_new=is_new,
        )


def key_sha256(certificate_der: bytes) -> str:
    """The SHA-256 of the SubjectPublicKeyInfo of a certificate, in hexadecimal."""
    return keys.facts_of_spki(certificate.spki_der(certificate_der)).spki_sha256


def require_clear() -> None:
    """Raises CeremonyError while a restored state waits for its confirmation."""
    try:
        recovery.require_clear()
    except recovery.HeldError as error:
        raise CeremonyError(str(error)) from error


def find(code: str) -> CertificationAuthority | None:
    """An authority of this database, by the code of its generation."""
    return CertificationAuthority.objects.select_related("parent").filter(code=code).first()


def get(code: str) -> CertificationAuthority:
    """The same. Raises CeremonyError when it is not here."""
    found = find(code)
    if found is None:
        raise CeremonyError(f"{code}: no such authority here")
    return found


def lock(code: str) -> CertificationAuthority:
    """The same, locked until the caller's transaction ends. Raises CeremonyError."""
    rows = CertificationAuthority.objects.select_for_update(no_key=True).filter(code=code)
    found = rows.first()
    if found is None:
        raise CeremonyError(f"{code}: no such authority here")
    return found


def next_code(spec: AuthoritySpec) -> str:
    """The code of the generation that comes next: "X-TEST", then "X-TEST-G2"."""
    rows = CertificationAuthority.objects.filter(series=spec.code).order_by("-generation")
    last = rows.values_list("generation", flat=True).first()
    return generations.code_of(spec.code, 1 if last is None else last + 1)


def require_of_series(spec: AuthoritySpec, code: str) -> None:
    """Raises CeremonyError for a code that is no generation of the authority."""
    if generations.series_of(code) != spec.code:
        raise CeremonyError(f"{code}: no generation of {spec.code}; the next is {next_code(spec)}")


def require_next(spec: AuthoritySpec, code: str) -> None:
    """Raises CeremonyError unless the code is that of the generation that comes next."""
    if code != next_code(spec):
        raise CeremonyError(f"{code}: the generation that comes next is {next_code(spec)}")
