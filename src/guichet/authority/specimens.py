"""What the watchdog of the validation service asks about: certificates issued, and revoked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow

from django.db.models import Max, Min

from guichet.authority import issuers
from guichet.authority.crls import policy_of
from guichet.authority.models import Certificate, CertificationAuthority, CrlScope
from guichet.authority.queries import serial_of
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.extensions import list_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedSerial:
    """A certificate revoked at an exact instant."""

    authority: str
    serial: int
    at: datetime


def specimens(at: datetime) -> Mapping[str, int]:
    """A serial of each authority that answers, drawn among its valid, published certificates.

    Drawn, for the last one alone would be told well of while the others are forgotten.
    """
    found = {}
    for authority in _answering():
        rows = Certificate.objects.filter(authority=authority)
        ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
        if ends["first"] is None:
            continue
        place = ends["first"] + randbelow(ends["last"] - ends["first"] + 1)
        fit = rows.filter(to_publish=False, not_after__gt=at)
        serials = fit.values_list("serial_hex", flat=True)
        serial = serials.filter(pk__gte=place).order_by("pk").first() or serials.last()
        if serial is not None:
            found[authority.code] = serial_of(serial)
    return found


def list_intervals() -> Mapping[str, timedelta]:
    """After how long each list that must be published is replaced, by its file's name."""
    found = {}
    for scope in CrlScope.objects.select_related("authority"):
        code, policy = scope.authority.code, policy_of(scope)
        is_offline = scope.authority.state == AuthorityState.OFFLINE.value
        if is_offline or issuers.permits(scope.authority, Work.LISTS):
            found[list_name(code, scope.shard)] = policy.interval
        if not is_offline and issuers.permits(scope.authority, Work.LISTS):
            found[list_name(code, scope.shard, is_delta=True)] = policy.delta_interval
    return found


def revocation_counts() -> Mapping[str, int]:
    """How many revocations each authority that answers ever made."""
    return {authority.code: authority.revocations for authority in _answering()}


def _answering() -> Iterator[CertificationAuthority]:
    """Authorities whose revocations OCSP tells."""
    for authority in CertificationAuthority.objects.defer("der"):
        if issuers.permits(authority, Work.DELEGATES):
            yield authority


def last_revoked(code: str, limit: int) -> tuple[RevokedSerial, ...]:
    """The last certificates revoked of an authority, the newest first."""
    rows = Certificate.objects.filter(authority__code=code, revocation_index__isnull=False)
    last = rows.order_by("-revocation_index").values_list("serial_hex", "changed_at")[:limit]
    return tuple(
        RevokedSerial(authority=code, serial=serial_of(serial), at=at) for serial, at in last
    )
