"""The list of keys that are never certified: those sent to us, and those others tell us of."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from guichet.authority.models import BurntKey
from guichet.domain.certificates.key_lists import ListedReason
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible
from guichet.journal import operations as journal
from guichet.journal.events import Event

CHUNK: Final = 1000
SOURCE_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Why keys are listed, and whose list says so. Raises Refusal(FIELD_MISSING): no source."""

    reason: ListedReason
    source: str

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise Refusal(Code.FIELD_MISSING, field="source")


@dataclass(frozen=True, slots=True)
class Listed:
    """How many keys of an import were new, and how many were on the list already."""

    new: int = 0
    known: int = 0

    def __add__(self, other: "Listed") -> "Listed":
        return Listed(self.new + other.new, self.known + other.known)


@dataclass(frozen=True, slots=True)
class ListedKey:
    """What the list says of a key: since when, why ("sent": it was sent to us), and whose list."""

    since: datetime
    reason: str
    source: str


def list_keys(
    *, digests: Iterable[str], listing: Listing, by: str, at: datetime
) -> Iterator[Listed]:
    """Put keys (SHA-256 of the SPKI, bare lower-case hexadecimal) on the list, some at a time.

    Each step is one transaction with its journal entry: an import that was cut is taken up by
    asking again. A key on the list keeps the reason and the source it was listed for first.
    """
    remaining = iter(digests)
    while chunk := sorted(set(islice(remaining, CHUNK))):
        yield _list(chunk, listing, by, at)


@transaction.atomic
def _list(chunk: Collection[str], listing: Listing, by: str, at: datetime) -> Listed:
    rows = BurntKey.objects.filter(spki_sha256__in=chunk)
    known = set(rows.values_list("spki_sha256", flat=True))
    new = [digest for digest in chunk if digest not in known]
    if new:
        source = visible(listing.source.strip(), SOURCE_AT_MOST)[:SOURCE_AT_MOST]
        made = {"burnt_at": at, "reason": listing.reason.value, "source": source}
        BurntKey.objects.bulk_create(
            (BurntKey(spki_sha256=digest, **made) for digest in new), ignore_conflicts=True
        )
        together = hashlib.sha256("".join(new).encode()).hexdigest()
        journal.record(
            Event.KEYS_LISTED,
            subject=f"keys:{together}",
            actor=by,
            at=at,
            facts={"keys": len(new), "reason": listing.reason.value, "source": source},
        )
    return Listed(len(new), len(known))


def count() -> int:
    """How many keys are on the list."""
    return BurntKey.objects.count()


def listed(spki_sha256: str) -> ListedKey | None:
    """What the list says of a key; None when it is not on it."""
    row = BurntKey.objects.filter(spki_sha256=spki_sha256).first()
    return ListedKey(row.burnt_at, row.reason, row.source) if row else None
