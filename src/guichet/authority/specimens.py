"""What the watchdog of the validation service asks about: certificates issued, and revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow

from django.db.models import Max, Min

from guichet.authority.crls import policy_of
from guichet.authority.models import Certificate, CertificationAuthority, CrlScope
from guichet.authority.queries import serial_of
from guichet.domain.certificates.extensions import list_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedSerial:
    """A certificate revoked at an exact instant."""

    authority: str
    serial: int
    at: datetime


def specimens(at: datetime) -> Mapping[str, int]:
    """A serial of each authority, drawn among its certificates that are valid and published.

    Drawn, for the last one alone would be told well of while the others are forgotten.
    """
    found = {}
    for authority in CertificationAuthority.objects.all():
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
        found[list_name(code, scope.shard)] = policy.interval
        found[list_name(code, scope.shard, is_delta=True)] = policy.delta_interval
    return found


def revocation_counts() -> Mapping[str, int]:
    """How many revocations each authority ever made."""
    return dict(CertificationAuthority.objects.values_list("code", "revocations"))


def last_revoked(code: str, limit: int) -> tuple[RevokedSerial, ...]:
    """The last certificates revoked of an authority, the newest first."""
    rows = Certificate.objects.filter(authority__code=code, revocation_index__isnull=False)
    last = rows.order_by("-revocation_index").values_list("serial_hex", "changed_at")[:limit]
    return tuple(
        RevokedSerial(authority=code, serial=serial_of(serial), at=at) for serial, at in last
    )
