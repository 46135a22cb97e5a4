"""What a certificate will say: profile, admitted request, register name, authority → plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import extensions
from guichet.domain.certificates.csr_policy import AdmittedCsr
from guichet.domain.certificates.extensions import WHOLE, PkiUrls
from guichet.domain.certificates.naming import Sans
from guichet.domain.months import months_after
from guichet.x509 import certificate, keys, names
from guichet.x509.certificate import Extension, Plan

__all__ = ["AuthorityFacts", "PkiUrls", "authority_plan", "plan", "validity_end"]

HELD_AT_MOST: Final = 256
ANY_POLICY: Final = "2.5.29.32.0"


@dataclass(frozen=True, slots=True)
class AuthorityFacts:
    """The authority that signs: its full code, its certificate (DER), and the shard it fills.

    One that signs by files has no responder.
    """

    code: str
    certificate_der: bytes
    shard: int = WHOLE
    has_responder: bool = True


def plan(  # noqa: PLR0913, PLR0917 the parts of RFC 5280 4.1.2, each from its own source
    profile: Profile,
    admitted: AdmittedCsr,
    subject: names.Name,
    sans: Sans,
    authority: AuthorityFacts,
    serial: int,
    not_before: datetime,
    urls: PkiUrls,
) -> Plan:
    """Plan the certificate. Times are UTC, whole seconds; none outlives its authority.

    Raises ValueError: admitted for another profile, names not its own, authority not valid then.
    """
    if admitted.profile != profile:
        raise ValueError("the request was admitted for another profile")
    begins = not_before.replace(microsecond=0)
    issuer = _issuer(authority.certificate_der)
    ends = issuer.within(begins, validity_end(profile, begins))
    key, months = admitted.csr.key, profile.private_key_usage_months
    signs_until = min(months_after(begins, months), ends) if months is not None else None
    fixed = _fixed(profile, key.kind, authority.code, authority.shard, urls)
    return Plan(
        serial=serial,
        issuer=issuer.subject,
        authority_key_id=issuer.key_id,
        subject=subject,
        spki_der=key.spki_der,
        not_before=begins,
        not_after=ends,
        extensions=(
            extensions.subject_key_identifier(key.spki_der),
            *fixed.usage,
            *extensions.alternative_names(profile, sans),
            *fixed.purposes,
            *extensions.private_key_usage(begins, signs_until),
            *fixed.distribution,
            *extensions.particulars(profile, sans),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Issuer:
    """What an authority's certificate gives to those below it."""

    subject: bytes
    key_id: bytes
    begins: datetime
    ends: datetime

    def within(self, begins: datetime, ends: datetime) -> datetime:
        """Return the end, cut to the authority's own. Raises ValueError: it is not valid now."""
        ends = min(ends, self.ends)
        if not self.begins <= begins < ends:
            raise ValueError("the authority is not valid at this time")
        return ends


@lru_cache(maxsize=HELD_AT_MOST)
def _issuer(certificate_der: bytes) -> _Issuer:
    loaded = certificate.load(certificate_der)
    return _Issuer(
        subject=certificate.subject_der(certificate_der),
        key_id=certificate.subject_key_id(certificate_der),
        begins=loaded.not_valid_before_utc,
        ends=loaded.not_valid_after_utc,
    )


@dataclass(frozen=True, slots=True)
class _Fixed:
    """The extensions that all certificates of a profile have alike, by their places."""

    usage: tuple[Extension, ...]
    purposes: tuple[Extension, ...]
    distribution: tuple[Extension, ...]


@lru_cache(maxsize=HELD_AT_MOST)
def _fixed(profile: Profile, kind: str, code: str, shard: int, urls: PkiUrls) -> _Fixed:
    return _Fixed(
        usage=(
            extensions.key_usage(profile.key_usage_for(kind)),
            *extensions.policies(profile.policy_oids),
        ),
        purposes=(extensions.end_entity(), *extensions.extended_key_usage(profile)),
        distribution=tuple(extensions.distribution(profile, code, urls, shard)),
    )


def authority_plan(
    spec: AuthoritySpec,
    spki_der: bytes,
    parent: AuthorityFacts | None,
    serial: int,
    not_before: datetime,
    urls: PkiUrls,
) -> Plan:
    """Plan the certificate of an authority; `parent` is None for a root.

    An intermediate ends one day before its root, so that the root is never the first to go.
    Raises ValueError when the parent is not valid at the time.
    """
    begins = not_before.replace(microsecond=0)
    ends = months_after(begins, 12 * spec.years) - timedelta(seconds=1)
    issuer, key_id = names.to_der(spec.name), keys.key_identifier(spki_der)
    found: tuple[Extension, ...] = ()
    if parent is not None:
        above = _issuer(parent.certificate_der)
        ends = above.within(begins, min(ends, above.ends - timedelta(days=1)))
        issuer, key_id = above.subject, above.key_id
        found = (
            *extensions.policies((ANY_POLICY,)),
            *extensions.ca_distribution(parent.code, urls, has_responder=parent.has_responder),
        )
    return Plan(
        serial=serial,
        issuer=issuer,
        authority_key_id=key_id,
        subject=spec.name,
        spki_der=spki_der,
        not_before=begins,
        not_after=ends,
        extensions=(
            extensions.subject_key_identifier(spki_der),
            *extensions.authority(spec.path_len),
            *found,
        ),
    )


def validity_end(profile: Profile, begins: datetime) -> datetime:
    """Return the last second of validity: the period of a profile includes both its ends."""
    if profile.validity_minutes is not None:
        return begins + timedelta(minutes=profile.validity_minutes, seconds=-1)
    if profile.validity_days is not None:
        return begins + timedelta(days=profile.validity_days, seconds=-1)
    return months_after(begins, profile.validity_months or 0) - timedelta(seconds=1)
