"""Making the hierarchy of authorities: keys in the keystore, certificates in the database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.authority import authority_keys
from guichet.authority.models import Certificate, CertificationAuthority, CrlScope
from guichet.authority.signing import Rehearsal, new_serial, sign
from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.certificates.plan import AuthorityFacts, PkiUrls, authority_plan
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.keystore import Keystore
from guichet.x509 import keys
from guichet.x509.certificate import Plan, serial_hex

PROFILE: Final = "AUTHORITY"
Progress = Callable[[str], None]


def create(
    keystore: Keystore, *, pki_base: str, at: datetime, progress: Progress = lambda code: None
) -> tuple[str, ...]:
    """Create the authorities that are missing, roots first, and return their codes.

    `progress` is called with the code of each one before its key is made (seconds for RSA-4096).
    Safe to repeat: a key made by a run that was cut is used. Raises KeystoreError.
    """
    rehearsal = Rehearsal()
    known = set(CertificationAuthority.objects.values_list("code", flat=True))
    missing = [spec for spec in authorities.specs() if spec.code not in known]
    for spec in missing:
        progress(spec.code)
        _create(spec, keystore, PkiUrls(pki_base), rehearsal, at)
    return tuple(spec.code for spec in missing)


def _create(
    spec: AuthoritySpec, keystore: Keystore, urls: PkiUrls, rehearsal: Rehearsal, at: datetime
) -> None:
    if spec.code not in keystore.labels():
        keystore.generate(spec.code, spec.algorithm)
    parent = CertificationAuthority.objects.get(code=spec.parent) if spec.parent else None
    issuer = AuthorityFacts(parent.code, bytes(parent.der)) if parent else None
    spki = keys.public_half(keystore.signing_key(spec.code))
    planned = authority_plan(spec, spki, issuer, new_serial(), at, urls)
    if issuer is None:
        # RFC 5280 4.2.1.1 lets a root leave it out; a rehearsal, signed by another key, may not.
        planned = replace(planned, authority_key_id=keys.key_identifier(spki))
    signing_key = (
        authority_keys.key_of(parent, keystore)
        if parent
        else authority_keys.bind(keystore.signing_key(spec.code), spec.signature)
    )
    der = sign(planned, signing_key, issuer.certificate_der if issuer else None, rehearsal)
    _store(spec, parent, planned, der, at)


@transaction.atomic
def _store(
    spec: AuthoritySpec,
    parent: CertificationAuthority | None,
    planned: Plan,
    der: bytes,
    at: datetime,
) -> None:
    row = CertificationAuthority.objects.create(
        code=spec.code, parent=parent, der=der, key_label=spec.code, created_at=at
    )
    CrlScope.objects.create(authority=row)
    Certificate.objects.create(
        authority=parent or row,
        serial_hex=serial_hex(planned.serial),
        profile=PROFILE,
        der=der,
        spki_sha256=keys.facts_of_spki(planned.spki_der).spki_sha256,
        not_before=planned.not_before,
        not_after=planned.not_after,
        changed_at=at,
    )
    journal.record(
        Event.AUTHORITY_CREATED,
        subject=f"authority:{spec.code}",
        actor="ceremony",
        at=at,
        facts={"serial": serial_hex(planned.serial), "parent": spec.parent},
    )
