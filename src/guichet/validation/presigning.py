"""Answers signed before they are asked for (RFC 5019 2.2), and when to sign them again."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from guichet.validation import records
from guichet.validation.records import Published, Signatures
from guichet.validation.signers import Delegate, Delegates
from guichet.validation.store import CLOCK, Signed, StoreWriter, named
from guichet.x509.ocsp import CertId
from guichet.x509.ocsp_answer import Single, Validity, to_be_signed

VALIDITY: Final = timedelta(hours=12)
"""thisUpdate to nextUpdate. Nobody publishing for that long is what relying parties survive."""
AGAIN_AFTER: Final = timedelta(hours=4)
AGAIN_BEFORE: Final = timedelta(hours=6)
"""Signed again between the two, each certificate at its own moment: never all at once."""
WITHOUT_DELEGATE: Final = timedelta(minutes=1)
NEVER_SIGNED: Final = timedelta(days=30)
"""For an authority that has no delegate, nor ever will: its lists alone tell."""
CLOCKS_APART: Final = timedelta(minutes=1)
"""How far before its thisUpdate an answer is good enough."""
LOOKED_AT: Final = 1 << 18
PAGES_A_ROUND: Final = 16


class Numbers(Protocol):
    """Who gives delegates their numbers."""

    def delegate_number(self, certificate: bytes) -> int:
        """The number of a delegate's certificate."""


class Presigner:
    """Signs records with the delegates there are; one for each writer."""

    def __init__(self, delegates: Delegates, numbers: Numbers) -> None:
        self._delegates = delegates
        self._numbers = numbers
        self._known: dict[bytes, int] = {}
        self._looked_at = b""

    def refresh(self) -> bool:
        """See authorities and keys that were added or replaced; tell whether any was."""
        return self._delegates.refresh()

    def signed(self, statuses: Iterable[Published], at: datetime) -> list[Signed]:
        """Records to store, signed where a delegate can; the others are due again in a minute."""
        return [self._signed(one, at) for one in statuses]

    def too_early(self, store: StoreWriter, at: datetime) -> tuple[Published, ...]:
        """Some of the records signed by a clock that was ahead of `at`: clients refuse the answers.

        All records are looked at, some pages in each call, once the clock is seen to have gone
        back since records were stored.
        """
        if int(store.told(CLOCK) or b"0") <= (at + CLOCKS_APART).timestamp():
            self._looked_at = b""
            return ()
        for _ in range(PAGES_A_ROUND):
            page = store.log.page(self._looked_at, at_most=LOOKED_AT)
            if not page:
                store.say(CLOCK, str(int(at.timestamp())).encode())
                break
            self._looked_at = page[-1][0]
            if found := [where for where, record in page if _is_ahead(record, at)]:
                told = dict(page)
                return tuple(Published(*named(w), records.status(told[w])) for w in found)
        return ()

    def _signed(self, published: Published, at: datetime) -> Signed:
        delegate = self._delegates.delegate(published.authority, at)
        named = self._delegates.named(published.authority, published.serial)
        if delegate is None or named is None:
            is_awaited = self._delegates.is_awaited(published.authority)
            return Signed(published, None, at + (WITHOUT_DELEGATE if is_awaited else NEVER_SIGNED))
        begins = at.replace(microsecond=0)
        validity = Validity(
            this_update=begins, next_update=min(begins + VALIDITY, delegate.not_after)
        )
        signatures = Signatures(
            validity.this_update,
            validity.next_update,
            self._number(delegate.responder.signature.certificate),
            _values(delegate, named, published, validity),
        )
        return Signed(published, signatures, _again_at(published, validity))

    def _number(self, certificate: bytes) -> int:
        if certificate not in self._known:
            self._known[certificate] = self._numbers.delegate_number(certificate)
        return self._known[certificate]


def _values(
    delegate: Delegate, named: Sequence[CertId], published: Published, validity: Validity
) -> tuple[bytes, bytes]:
    responder = delegate.responder
    first, second = (
        responder.key.sign(
            to_be_signed(
                responder.signature,
                (Single(asked, published.status, validity),),
                validity.this_update,
                None,
            )
        )
        for asked in named
    )
    return first, second


def _again_at(published: Published, validity: Validity) -> datetime:
    """Spread by the serial, and never later than half of what is left of a delegate's life."""
    digest = hashlib.blake2b(published.serial.to_bytes(20, "big"), digest_size=4).digest()
    share = int.from_bytes(digest, "big") / 2**32
    lasts = validity.next_update - validity.this_update
    return validity.this_update + min(AGAIN_AFTER + (AGAIN_BEFORE - AGAIN_AFTER) * share, lasts / 2)


def _is_ahead(record: bytes, at: datetime) -> bool:
    signed = records.signatures(record)
    if signed is None:
        return records.again_at(record) > (at + WITHOUT_DELEGATE + CLOCKS_APART).timestamp()
    return signed.this_update > at + CLOCKS_APART


def sign_again(store: StoreWriter, presigner: Presigner, at: datetime, limit: int) -> int:
    """Sign a bounded batch of the records that are due, and return how many.

    What a status became meanwhile is not lost: records are written one batch at a time by the one
    publisher, and a revocation stored since is kept by the store.
    """
    due = store.due(at, at_the_latest=at + AGAIN_BEFORE + timedelta(minutes=1), limit=limit)
    due = due or presigner.too_early(store, at)
    if due:
        store.put(presigner.signed(due, at), at)
    return len(due)
