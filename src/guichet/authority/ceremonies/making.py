"""Authorities whose issuer is here: made, renewed with a new key, certified by another root too."""

from dataclasses import dataclass, replace
from typing import Final

from cryptography import x509
from django.db import transaction

from guichet.authority import authority_keys, issuers, lives
from guichet.authority.ceremonies.acts import (
    Ceremony,
    CeremonyError,
    Made,
    find,
    get,
    require_clear,
    require_next,
    require_of_series,
)
from guichet.authority.models import (
    Certificate,
    CertificationAuthority,
    CrlScope,
    CrossCertificate,
)
from guichet.authority.signing import new_serial, sign
from guichet.domain.catalogue import generations
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.certificates.authority_states import AuthorityAct, AuthorityState, Work
from guichet.domain.certificates.plan import AuthorityFacts, authority_plan
from guichet.journal.events import Event
from guichet.x509 import certificate, keys
from guichet.x509.certificate import Plan

UNLIMITED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A certificate to store as that of a new generation; `parent` is None for a root."""

    code: str
    parent: CertificationAuthority | None
    der: bytes
    state: AuthorityState = AuthorityState.ACTIVE
    retires: bool = True  # the generations before it
    by_file: bool = False


def create(ceremony: Ceremony, spec: AuthoritySpec) -> Made:
    """Make the first generation of an authority: a root, or one whose issuer is here.

    Safe to repeat: a key made by a run that was cut is used. Raises CeremonyError, KeystoreError,
    SigningFaultError.
    """
    require_clear()
    if known := find(spec.code):
        return Made.of(known.code, bytes(known.der), is_new=False)
    return _make(ceremony, spec, spec.code, retires=False)


def renew(ceremony: Ceremony, spec: AuthoritySpec, code: str, *, retires: bool = True) -> Made:
    """Make the next generation of an authority, with a new key: it issues from now on.

    The older ones retire: they go on with lists and responders until what they signed is over.
    With `retires` false they stay active, so that one may certify the other; `retire` comes then.
    Raises as `create` does.
    """
    require_clear()
    require_of_series(spec, code)
    if known := find(code):
        return Made.of(known.code, bytes(known.der), is_new=False)
    require_next(spec, code)
    if code == spec.code:
        raise CeremonyError(f"{code}: nothing to renew, create it")
    return _make(ceremony, spec, code, retires=retires)


def _make(ceremony: Ceremony, spec: AuthoritySpec, code: str, *, retires: bool) -> Made:
    parent = _parent(spec) if spec.parent else None
    own = ceremony.key(code, spec)
    spki = keys.public_half(own.key)
    facts = AuthorityFacts(parent.code, bytes(parent.der)) if parent else None
    planned = authority_plan(spec, spki, facts, new_serial(), ceremony.at, ceremony.urls)
    if parent is None:
        # RFC 5280 4.2.1.1 lets a root leave it out; a rehearsal, signed by another key, may not.
        planned = replace(planned, authority_key_id=keys.key_identifier(spki))
    key = authority_keys.key_of(parent, ceremony.keystore) if parent else own
    der = sign(planned, key, bytes(parent.der) if parent else None, ceremony.rehearsal)
    return store(ceremony, Certified(code=code, parent=parent, der=der, retires=retires))


def _parent(spec: AuthoritySpec) -> CertificationAuthority:
    """The newest generation of the issuer that signs here. Raises CeremonyError."""
    rows = CertificationAuthority.objects.filter(series=spec.parent).order_by("-generation")
    found = next((row for row in rows if issuers.permits(row, Work.AUTHORITIES)), None)
    if found is not None:
        return found
    if any(row.state == AuthorityState.OFFLINE.value for row in rows):
        raise CeremonyError(
            f"{spec.parent} is offline: make a request, have it answered where its key is, then "
            "install the response"
        )
    raise CeremonyError(
        f"{spec.parent}, which signs {spec.code}, does not sign here: make it first"
    )


@transaction.atomic
def store(ceremony: Ceremony, made: Certified) -> Made:
    """Store a new generation with its certificate, and retire those before it."""
    told = Made.of(made.code, made.der)
    row = CertificationAuthority.objects.create(
        code=made.code,
        series=generations.series_of(made.code),
        generation=generations.number_of(made.code),
        state=made.state.value,
        parent=made.parent,
        der=made.der,
        serial_hex=told.serial_hex,
        key_label=made.code,
        created_at=ceremony.at,
    )
    CrlScope.objects.create(authority=row)
    keep(ceremony, made.parent or row, made.der)
    older = _active_before(row) if made.retires else []
    ceremony.tell(
        Event.AUTHORITY_CREATED,
        made.code,
        {
            "serial": told.serial_hex,
            "parent": made.parent.code if made.parent else None,
            "key": told.key_sha256,
            **({"by": "file"} if made.by_file else {}),
        },
    )
    for one in older:
        facts = {"replaced": made.code}
        lives.move(one, AuthorityAct.RETIRE, by=ceremony.by, at=ceremony.at, facts=facts)
    return told


def _active_before(row: CertificationAuthority) -> list[CertificationAuthority]:
    rows = CertificationAuthority.objects.filter(
        series=row.series, generation__lt=row.generation, state=AuthorityState.ACTIVE.value
    )
    return list(rows.select_for_update(no_key=True).order_by("pk"))


def keep(ceremony: Ceremony, issuer: CertificationAuthority, der: bytes) -> Certificate:
    """Hold the certificate of an authority among those that its issuer signed, once."""
    loaded = certificate.load(der)
    sha256, sha1 = certificate.fingerprints(der)
    held, _is_new = Certificate.objects.get_or_create(
        authority=issuer,
        serial_hex=certificate.serial_hex(loaded.serial_number),
        defaults={
            "profile": lives.AUTHORITY,
            "der": der,
            "spki_sha256": keys.facts_of_spki(certificate.spki_der(der)).spki_sha256,
            "sha256": sha256,
            "sha1": sha1,
            "not_before": loaded.not_valid_before_utc,
            "not_after": loaded.not_valid_after_utc,
            "changed_at": ceremony.at,
        },
    )
    return held


def cross_certify(ceremony: Ceremony, spec: AuthoritySpec, code: str, issuer: str) -> Made:
    """Have an authority that is here certified by another one that is here too.

    Same name and key, another issuer: a leaf is verified under either root. Raises CeremonyError,
    KeystoreError, SigningFaultError.
    """
    require_clear()
    require_of_series(spec, code)
    row, above = get(code), get(issuer)
    if known := CrossCertificate.objects.filter(authority=row, issuer=above).first():
        return Made.of(code, bytes(known.certificate.der), is_new=False)
    require_crossable(row, above)
    if not issuers.permits(above, Work.AUTHORITIES):
        raise CeremonyError(f"{issuer} does not sign authorities here: it is {above.state}")
    planned = _cross_plan(ceremony, spec, row, above)
    key = authority_keys.key_of(above, ceremony.keystore)
    der = sign(planned, key, bytes(above.der), ceremony.rehearsal)
    return store_cross(ceremony, row, above, der)


def _cross_plan(
    ceremony: Ceremony,
    spec: AuthoritySpec,
    row: CertificationAuthority,
    above: CertificationAuthority,
) -> Plan:
    """It ends with the authority's own certificate at the latest."""
    own = certificate.load(bytes(row.der))
    facts = AuthorityFacts(above.code, bytes(above.der))
    spki = certificate.spki_der(bytes(row.der))
    planned = authority_plan(spec, spki, facts, new_serial(), ceremony.at, ceremony.urls)
    return replace(planned, not_after=min(planned.not_after, own.not_valid_after_utc))


def require_crossable(row: CertificationAuthority, above: CertificationAuthority) -> None:
    """Raises CeremonyError when a path through the issuer would not hold (RFC 5280 6.1.4)."""
    if above.pk in {row.pk, row.parent_id}:
        raise CeremonyError(f"{above.code} is the issuer of {row.code} already")
    one, other = bytes(row.der), bytes(above.der)
    is_self_issued = certificate.subject_der(one) == certificate.subject_der(other)
    if not is_self_issued and path_length(other) <= path_length(one):
        raise CeremonyError(
            f"{above.code} allows too few authorities below it to certify {row.code}"
        )


def path_length(der: bytes) -> int:
    """How many authorities may come below the one of this certificate."""
    limits = certificate.load(der).extensions.get_extension_for_class(x509.BasicConstraints).value
    return UNLIMITED if limits.path_length is None else limits.path_length


@transaction.atomic
def store_cross(
    ceremony: Ceremony, row: CertificationAuthority, above: CertificationAuthority, der: bytes
) -> Made:
    """Store a certificate of an authority by another issuer."""
    CrossCertificate.objects.create(
        authority=row,
        issuer=above,
        certificate=keep(ceremony, above, der),
        created_at=ceremony.at,
    )
    told = Made.of(row.code, der)
    facts = {"issuer": above.code, "serial": told.serial_hex}
    ceremony.tell(Event.AUTHORITY_CROSS_CERTIFIED, row.code, facts)
    return told
