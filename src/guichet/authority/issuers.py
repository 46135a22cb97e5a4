"""Which authority signs what: states are asked here alone, by whoever asks for a signature."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from guichet.authority.leased import Leased
from guichet.authority.models import CertificationAuthority, SigningRequest
from guichet.domain.catalogue import authorities, generations, profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import authority_states
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Code, Refusal

RESPONDER: Final = "responder"


def state_of(authority: CertificationAuthority) -> AuthorityState:
    """The state that counts: one that the catalogue names no more is retiring."""
    return authority_states.seen_from(
        AuthorityState(authority.state), is_declared=authorities.is_declared(authority.code)
    )


def permits(authority: CertificationAuthority, work: Work) -> bool:
    """Tell whether the authority's key signs this."""
    return authority_states.permits(state_of(authority), work)


def require(authority: CertificationAuthority, work: Work) -> None:
    """Raises Refusal(AUTHORITY_NOT_ISSUING) when the authority's key does not sign this."""
    if not permits(authority, work):
        raise _refusal(authority)


def is_in_service(authority: CertificationAuthority) -> bool:
    """A plan that was stored is signed, even by an authority that retired since, while it signs."""
    return permits(authority, Work.LISTS)


def require_may_sign(authority: CertificationAuthority, profile: Profile) -> None:
    """Raises Refusal: PROFILE_UNKNOWN, not an authority of the profile; AUTHORITY_NOT_ISSUING."""
    if profile.subject_kind == RESPONDER:
        require(authority, Work.DELEGATES)
        return
    if authority.series not in _allowed(profile):
        raise Refusal(Code.PROFILE_UNKNOWN, profile=profile.code, authority=authority.code)
    require(authority, Work.CERTIFICATES)


def issuer_for(profile: Profile, asked: str | None) -> CertificationAuthority:
    """The authority that signs for a profile: the newest generation of the one asked, or the usual.

    A responder's certificate is signed by the very generation whose answers it signs. Raises
    Refusal: PROFILE_UNKNOWN, AUTHORITY_NOT_ISSUING.
    """
    if profile.subject_kind == RESPONDER:
        return _of_code(asked or profile.authority)
    series = authorities.resolve(generations.series_of(asked or profile.authority))
    if series not in _allowed(profile):
        raise Refusal(Code.PROFILE_UNKNOWN, profile=profile.code, authority=series)
    return _newest(series)


def redirect(requests: Iterable[Leased]) -> None:
    """Requests without a plan, asked of an authority that a newer one replaced since, go to it."""
    for row in requests:
        is_planned = row.state != SigningState.REQUESTED.value
        if is_planned or permits(row.authority, Work.CERTIFICATES):
            continue
        if profiles.profile(row.profile).subject_kind != RESPONDER:
            newer = _active(row.authority.series)
            if newer is not None:
                row.authority = newer
                SigningRequest.objects.filter(pk=row.id).update(authority=newer)


def _of_code(asked: str) -> CertificationAuthority:
    row = CertificationAuthority.objects.filter(code=asked).first()
    row = row or CertificationAuthority.objects.filter(code=authorities.resolve(asked)).first()
    if row is None:
        raise Refusal(Code.PROFILE_UNKNOWN, authority=asked)
    require(row, Work.DELEGATES)
    return row


def _newest(series: str) -> CertificationAuthority:
    if found := _active(series):
        return found
    last = CertificationAuthority.objects.filter(series=series).order_by("-generation").first()
    if last is None:
        raise Refusal(Code.PROFILE_UNKNOWN, authority=series)
    raise _refusal(last)


def _active(series: str) -> CertificationAuthority | None:
    if not authorities.is_declared(series):
        return None
    rows = CertificationAuthority.objects.filter(series=series, state=AuthorityState.ACTIVE.value)
    return rows.order_by("-generation").first()


def _allowed(profile: Profile) -> frozenset[str]:
    """The series that sign for a profile; one that left the catalogue holds up no other."""
    found = set()
    for short in profile.authorities:
        with suppress(Refusal):
            found.add(authorities.resolve(short))
    return frozenset(found)


def _refusal(authority: CertificationAuthority) -> Refusal:
    return Refusal(
        Code.AUTHORITY_NOT_ISSUING, authority=authority.code, state=state_of(authority).value
    )
