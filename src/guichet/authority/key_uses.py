"""A key serves one certificate, then, where a renewal keeps it, the one after: never two at once.

Asked when a renewal is requested, and again by the signer, which does not believe the portal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Min

from guichet.authority import queries
from guichet.authority.leased import Leased
from guichet.authority.models import Certificate, SigningRequest
from guichet.domain.certificates.csr_policy import KeyPast
from guichet.domain.certificates.states import CertificateState

FIRST = 1


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What a request may do with its key: the key's past, and which use this is (1: the first)."""

    past: KeyPast
    number: int = FIRST


def judge(
    spki_sha256: str, *, renews: int | None, at: datetime, besides: UUID | None = None
) -> KeyUse:
    """The use that a request makes of a key; `renews` is the certificate whose key it keeps.

    Only a certificate that carries this very key, is valid at this instant, and is the key's last
    use lends it. `besides` is the request that asks, once it is stored.
    """
    past = queries.key_past(spki_sha256, besides=besides)
    if renews is None or past is KeyPast.BURNT:
        return KeyUse(past)
    held = _use_of(renews, spki_sha256, at)
    if held is None or held != _last_use(spki_sha256, besides):
        return KeyUse(KeyPast.SPENT)
    return KeyUse(KeyPast.RENEWED, held + 1)


def judge_all(rows: Sequence[Leased], *, at: datetime) -> Mapping[UUID, KeyUse]:
    """The use that each stored request makes of its key, by a few queries for all of them."""
    pasts = queries.key_pasts({row.id: row.spki_sha256 for row in rows})
    return {
        row.id: KeyUse(pasts[row.id])
        if row.renews_id is None or pasts[row.id] is KeyPast.BURNT
        else judge(row.spki_sha256, renews=row.renews_id, at=at, besides=row.id)
        for row in rows
    }


def carries(certificate_id: int, spki_sha256: str) -> bool:
    """Whether a certificate carries this key."""
    return Certificate.objects.filter(pk=certificate_id, spki_sha256=spki_sha256).exists()


def same_key(one: int, other: int) -> bool:
    """Whether two certificates carry one key."""
    rows = Certificate.objects.filter(pk__in=(one, other))
    return len(set(rows.values_list("spki_sha256", flat=True))) == 1


def certified_since(spki_sha256: str) -> datetime | None:
    """Since when a key is in certificates; None when it never was."""
    rows = Certificate.objects.filter(spki_sha256=spki_sha256)
    first: datetime | None = rows.aggregate(first=Min("not_before"))["first"]
    return first


def request_of(certificate_id: int) -> bytes | None:
    """The request (PKCS#10, DER) that a certificate answered; None when nobody requested it."""
    rows = SigningRequest.objects.filter(certificate__pk=certificate_id)
    found = rows.values_list("csr", flat=True).first()
    return bytes(found) if found is not None else None


def _use_of(certificate_id: int, spki_sha256: str, at: datetime) -> int | None:
    """The use that a certificate makes of the key, if it carries it and is valid."""
    row = Certificate.objects.filter(
        pk=certificate_id,
        spki_sha256=spki_sha256,
        state=CertificateState.VALID.value,
        not_before__lte=at,
        not_after__gt=at,
    )
    return row.values_list("request__key_use", flat=True).first()


def _last_use(spki_sha256: str, besides: UUID | None) -> int | None:
    asked = SigningRequest.objects.filter(spki_sha256=spki_sha256).exclude(
        state__in=queries.ABANDONED
    )
    if besides is not None:
        asked = asked.exclude(pk=besides)
    last: int | None = asked.aggregate(last=Max("key_use"))["last"]
    return last
