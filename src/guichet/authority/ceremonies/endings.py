"""How authorities end: retired, revoked, over, their keys destroyed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from guichet.authority import crls, issuers, lives, queries, revoking
from guichet.authority.ceremonies.acts import (
    Ceremony,
    CeremonyError,
    Made,
    get,
    key_sha256,
    lock,
    require_clear,
)
from guichet.authority.models import CertificationAuthority, SigningRequest
from guichet.domain.certificates.authority_states import AuthorityAct, AuthorityState, Work
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Code, Refusal
from guichet.journal.chain import Fact
from guichet.journal.operations import NO_FACTS
from guichet.x509 import certificate
from guichet.x509.crl import Reason

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """A key that is no more; `is_new` is False when it was so already."""

    code: str
    key_sha256: str
    is_new: bool


@transaction.atomic
def retire(ceremony: Ceremony, code: str) -> None:
    """From now on the authority signs lists and certificates of responders alone.

    Nothing happens to one that is retiring already. Raises CeremonyError.
    """
    row = lock(code)
    if row.state != AuthorityState.RETIRING.value:
        _move(ceremony, row, AuthorityAct.RETIRE)


@transaction.atomic
def end(ceremony: Ceremony, code: str) -> None:
    """Issue no more lists: all that the authority signed is over, and its lists have told it.

    The signer does it by itself; an authority that is offline ends with its certificate. Raises
    CeremonyError.
    """
    row = lock(code)
    if row.state == AuthorityState.ENDED.value:
        return
    is_over = certificate.load(bytes(row.der)).not_valid_after_utc <= ceremony.at
    if not is_over and (row.state == AuthorityState.OFFLINE.value or not lives.is_told(row)):
        raise CeremonyError(f"{code} still has to tell of certificates that it signed")
    _move(ceremony, row, AuthorityAct.END)


def revoke(ceremony: Ceremony, serial: str, reason: Reason) -> Made:
    """Revoke the certificate of an authority, by its serial in hexadecimal, where its issuer is.

    The authority retires. What is returned bears its code, or its issuer's where it is not here.
    Raises CeremonyError.
    """
    require_clear()
    found = queries.find_certificate(serial)
    if found is None or found.profile != lives.AUTHORITY:
        raise CeremonyError(f"{serial}: no certificate of an authority here")
    if not issuers.permits(get(found.authority), Work.LISTS):
        raise CeremonyError(
            f"{found.authority} issues no list here: revoke where its key is, then install its list"
        )
    is_new = found.revoked_at is None
    if is_new:
        revoking.revoke(certificate_id=found.id, reason=reason, by=ceremony.by, at=ceremony.at)
    own = CertificationAuthority.objects.filter(serial_hex=found.serial_hex).first()
    return Made.of(own.code if own else found.authority, found.der, is_new=is_new)


def destroy_key(ceremony: Ceremony, code: str, *, incident: str = "") -> Destroyed:
    """Destroy the key of an authority that needs it no more; its last lists are issued before.

    While certificates that it signed are valid, it must be revoked first, or `incident` must say
    why it cannot wait: they are told of by the last lists alone, for ever as they are. Cut short,
    it is taken up by asking again. Raises CeremonyError, KeystoreError, SigningFaultError.
    """
    require_clear()
    row = get(code)
    told = Destroyed(code=code, key_sha256=key_sha256(bytes(row.der)), is_new=True)
    if row.state == AuthorityState.DESTROYED.value:
        return Destroyed(code=code, key_sha256=told.key_sha256, is_new=False)
    act = _act(row, incident, ceremony.at)
    is_held = row.key_label in ceremony.keystore.labels()
    if is_held and issuers.permits(row, Work.LISTS):
        crls.issue_last(row, ceremony.keystore, ceremony.at, _until(row, ceremony.at))
    with transaction.atomic():
        row = lock(code)
        facts = {"key": told.key_sha256} | ({"incident": incident} if incident else {})
        _move(ceremony, row, act, facts)
        if is_held:  # what the journal says is true when it is committed
            ceremony.keystore.destroy(row.key_label)
    return told


def _act(row: CertificationAuthority, incident: str, at: datetime) -> AuthorityAct:
    """Which act it is. Raises CeremonyError when nothing allows it yet."""
    if row.state == AuthorityState.ENDED.value or lives.is_revoked(row):
        return AuthorityAct.DESTROY
    if incident:
        return AuthorityAct.SACRIFICE
    if lives.signed_by(row).filter(not_after__gt=at).exists() or _awaited(row):
        raise CeremonyError(
            f"{row.code} still has valid certificates, or requests to sign: wait until they are "
            "over, revoke it, or give the reason of an incident"
        )
    return AuthorityAct.DESTROY


def _awaited(row: CertificationAuthority) -> bool:
    unsigned = (SigningState.REQUESTED, SigningState.PLANNED, SigningState.SET_ASIDE)
    states = [state.value for state in unsigned]
    return SigningRequest.objects.filter(authority=row, state__in=states).exists()


def _until(row: CertificationAuthority, at: datetime) -> datetime:
    """The end of the last lists: that of the authority's certificate, which all others precede."""
    return max(
        certificate.load(bytes(row.der)).not_valid_after_utc, at.replace(microsecond=0) + DAY
    )


def _move(
    ceremony: Ceremony,
    row: CertificationAuthority,
    act: AuthorityAct,
    facts: Mapping[str, Fact] = NO_FACTS,
) -> None:
    try:
        lives.move(row, act, by=ceremony.by, at=ceremony.at, facts=facts)
    except Refusal as refusal:
        if refusal.code is not Code.MOVE_FORBIDDEN:
            raise
        raise CeremonyError(f"{row.code} is {row.state}: this cannot be done to it") from refusal
