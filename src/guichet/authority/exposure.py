"""Which certificates an incident touches, by what the authority knows of them; read only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db.models import Max, QuerySet

from guichet.authority.models import BurntKey, Certificate
from guichet.authority.queries import serial_of
from guichet.domain.catalogue import profiles
from guichet.domain.certificates import key_policy
from guichet.domain.certificates.states import CertificateState
from guichet.domain.orders.criteria import Criteria
from guichet.web.days import midnight
from guichet.x509 import keys
from guichet.x509.certificate import load, serial_hex

NAMED_AT_ONCE: Final = 500
FIELDS: Final = ("pk", "authority__code", "profile", "serial_hex", "not_after", "spki_sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """A certificate valid now that meets the criteria of an incident."""

    certificate_id: int
    authority: str
    profile: str
    serial_hex: str
    not_after: datetime
    spki_sha256: str


def newest() -> int:
    """The identifier of the last certificate issued; 0 before the first."""
    return Certificate.objects.aggregate(last=Max("pk"))["last"] or 0


def candidates(
    criteria: Criteria, *, after: int, until: int, limit: int, at: datetime
) -> tuple[int, ...]:
    """Certificates that may meet the criteria, by identifier, `after` excluded, `until` included.

    Their keys are not looked at: `exposed` does.
    """
    if criteria.serials or criteria.digests:
        named = (pk for pk in _named(criteria, at) if after < pk <= until)
        return tuple(islice(named, limit))
    rows = _narrowed(criteria, at).filter(pk__gt=after, pk__lte=until)
    return tuple(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def exposed(
    criteria: Criteria, certificate_ids: Collection[int], at: datetime
) -> tuple[Exposed, ...]:
    """Those of these certificates that meet every criterion, in order; the caller bounds them."""
    rows = _narrowed(criteria, at).filter(pk__in=certificate_ids).order_by("pk")
    columns = (*FIELDS, "der") if criteria.reads_keys else FIELDS
    wanted = {name: set(getattr(criteria, name)) for name in ("serials", "digests")}
    named = [row for row in rows.values_list(*columns) if _is_named(row, wanted)]
    return tuple(map(_exposed, _meeting(criteria, named) if criteria.reads_keys else named))


def _is_named(row: Sequence[Any], wanted: Mapping[str, Collection[str]]) -> bool:
    """Whether a certificate is in the lists there are."""
    serials, digests = wanted["serials"], wanted["digests"]
    if digests and row[5] not in digests:
        return False
    return not serials or f"{serial_of(row[3]):x}" in serials


def _named(criteria: Criteria, at: datetime) -> list[int]:
    """Certificates named one by one, by serial number, else by digest of their key, in order."""
    if criteria.serials:
        column, names = "serial_hex", [serial_hex(int(one, 16)) for one in criteria.serials]
    else:
        column, names = "spki_sha256", list(criteria.digests)
    found: set[int] = set()
    for start in range(0, len(names), NAMED_AT_ONCE):
        asked = {f"{column}__in": names[start : start + NAMED_AT_ONCE]}
        found.update(_narrowed(criteria, at).filter(**asked).values_list("pk", flat=True))
    return sorted(found)


def carriers_of_blocked_keys(at: datetime) -> int:
    """How many certificates valid now carry a key of the list of compromised keys."""
    return _narrowed(Criteria(is_blocked=True), at).count()


def sharing(certificate_ids: Collection[int], at: datetime) -> Mapping[int, int]:
    """Of these certificates, how many others valid now carry the same key, where there are any."""
    rows = Certificate.objects.filter(pk__in=certificate_ids).values_list("pk", "spki_sha256")
    carried = dict(rows)
    valid = Certificate.objects.filter(
        spki_sha256__in=set(carried.values()), state=CertificateState.VALID.value, not_after__gt=at
    ).exclude(pk__in=certificate_ids)
    counts: dict[str, int] = {}
    for spki in valid.values_list("spki_sha256", flat=True):
        counts[spki] = counts.get(spki, 0) + 1
    return {pk: counts[spki] for pk, spki in carried.items() if spki in counts}


def _narrowed(criteria: Criteria, at: datetime) -> QuerySet[Certificate]:
    """What is valid and meets what the database alone can tell.

    Cards and responders are not meant unless they are named: nobody ordered them.
    """
    rows = Certificate.objects.filter(state=CertificateState.VALID.value, not_after__gt=at)
    if not criteria.names_certificates or criteria.offer or criteria.usage:
        rows = rows.filter(profile__in=_profiles(criteria))
    if criteria.authority:
        rows = rows.filter(authority__code=criteria.authority)
    if criteria.is_blocked:
        rows = rows.filter(spki_sha256__in=BurntKey.objects.values("spki_sha256"))
    return rows.filter(**_issued(criteria))


def _issued(criteria: Criteria) -> Mapping[str, Any]:
    bounds: dict[str, Any] = {}
    if criteria.issued_from:
        bounds["not_before__gte"] = midnight(criteria.issued_from)
    if criteria.issued_to:
        bounds["not_before__lt"] = midnight(criteria.issued_to + timedelta(days=1))
    return bounds


def _profiles(criteria: Criteria) -> Sequence[str]:
    return [
        profile.code
        for profile in profiles.orderable()
        if criteria.offer in {"", profile.offer} and criteria.usage in {"", profile.usage}
    ]


def _meeting(criteria: Criteria, rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Those whose key has every property asked; that of one adopted after a restore is unknown."""
    found = [(row, keys.facts(load(bytes(row[-1])).public_key())) for row in rows if row[-1]]
    sieved = key_policy.sieve(key for _, key in found) if criteria.weakness else ()
    return [row for row, key in found if criteria.meets(key, sieved=sieved)]


def _exposed(row: Sequence[Any]) -> Exposed:
    pk, authority, profile, serial, not_after, spki = row[: len(FIELDS)]
    return Exposed(
        certificate_id=pk,
        authority=authority,
        profile=profile,
        serial_hex=serial,
        not_after=not_after,
        spki_sha256=spki,
    )
