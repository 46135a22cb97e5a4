"""What is answered to an OCSP request: signatures kept by the publisher, or made on the spot.

RFC 6960; the profile for much asked responders, RFC 5019; the nonce, RFC 9654.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from guichet.validation import records
from guichet.validation.allowance import Allowance
from guichet.validation.http import OCSP_TYPE, Answer, etag
from guichet.validation.presigning import CLOCKS_APART
from guichet.validation.signers import Delegates
from guichet.validation.store import StoreReader
from guichet.x509 import ocsp, ocsp_answer
from guichet.x509.ocsp import CertId, Request, Status, Unknown
from guichet.x509.ocsp_answer import Signature, Single, Validity

CACHED: Final = timedelta(seconds=60)
"""How long a client's cache may keep an answer."""
SECOND: Final = timedelta(seconds=1)
LIVE_FRESHNESS: Final = timedelta(hours=1)
"""thisUpdate to nextUpdate of what is signed on the spot."""
KEPT_AT_MOST: Final = 50_000
LIVE_A_SECOND: Final = 500
LIVE_AT_ONCE: Final = 1_000

MALFORMED: Final = Answer(200, OCSP_TYPE, ocsp.MALFORMED)
UNAUTHORIZED: Final = Answer(200, OCSP_TYPE, ocsp.UNAUTHORIZED)
TRY_LATER: Final = Answer(200, OCSP_TYPE, ocsp.TRY_LATER)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer put together, with the record it tells and the instant it must go."""

    record: bytes | None
    answer: Answer
    ends_at: datetime

    def is_good(self, at: datetime) -> bool:
        """Whether it may still be given; not once the clock went back, its headers would lie."""
        return self.ends_at - CACHED - SECOND <= at < self.ends_at


class OcspAnswers:
    """Answers of one worker. Nonces and numbers never issued each have their own allowance."""

    def __init__(self, store: StoreReader, delegates: Delegates) -> None:
        self._store = store
        self._delegates = delegates
        self._kept: dict[CertId, _Kept] = {}
        self._signatures: dict[int, Signature] = {}
        self._for_nonces = Allowance(LIVE_A_SECOND, LIVE_AT_ONCE)
        self._for_others = Allowance(LIVE_A_SECOND, LIVE_AT_ONCE)

    def forget(self) -> None:
        """Authorities or delegates changed: put every answer together again."""
        self._kept.clear()
        self._signatures.clear()

    def answer(self, request: Request, at: datetime) -> Answer:
        """The answer to one request read.

        UNAUTHORIZED for a foreign authority, and for what only a key could answer where this
        responder holds none (RFC 5019 2.2.3); TRY_LATER before statuses are published, for an
        answer that is over, and past the allowances. A nonce past its allowance is left out, as
        RFC 9654 3 lets a responder do, when the answer without it is there.
        """
        codes = [self._delegates.code(asked) for asked in request.certificates]
        if None in codes:
            return UNAUTHORIZED
        if not self._store.is_open:
            return TRY_LATER
        if len(codes) > 1 or (request.nonce is not None and self._for_nonces.take()):
            return self._live(request, [code or "" for code in codes], at)
        return self._of_one(request.certificates[0], codes[0] or "", at)

    def _of_one(self, asked: CertId, code: str, at: datetime) -> Answer:
        record = self._store.get(code, asked.serial)
        kept = self._kept.get(asked)
        if kept is not None and kept.record == record and kept.is_good(at):
            return kept.answer
        ready = None if record is None else self._presigned(asked, record, at)
        found: tuple[bytes, Validity] | Answer
        if ready is not None and ready[1].this_update <= at + CLOCKS_APART:
            found = ready
        else:
            live = self._on_the_spot(asked, code, record, at)
            # One that begins too early by this clock is better than none: the client judges.
            found = ready if ready is not None and isinstance(live, Answer) else live
        if isinstance(found, Answer):
            return found
        body, validity = found
        ends_at = min(at.replace(microsecond=0) + CACHED, validity.next_update)
        answer = Answer(200, OCSP_TYPE, body, etag(body), validity.this_update, ends_at)
        if len(self._kept) >= KEPT_AT_MOST:
            self._kept.clear()
        self._kept[asked] = _Kept(record, answer, ends_at)
        return answer

    def _presigned(
        self, asked: CertId, record: bytes, at: datetime
    ) -> tuple[bytes, Validity] | None:
        signed = records.signatures(record)
        if signed is None or signed.next_update <= at:
            return None
        by = self._signature(signed.delegate)
        if by is None:
            return None
        validity = Validity(this_update=signed.this_update, next_update=signed.next_update)
        single = Single(asked, records.status(record), validity)
        data = ocsp_answer.to_be_signed(by, (single,), validity.this_update, None)
        return ocsp_answer.whole(by, data, signed.of(asked.algorithm)), validity

    def _signature(self, number: int) -> Signature | None:
        if number not in self._signatures:
            certificate = self._store.delegate(number)
            if certificate is None:
                return None
            self._signatures[number] = Signature.of(certificate)
        return self._signatures[number]

    def _on_the_spot(
        self, asked: CertId, code: str, record: bytes | None, at: datetime
    ) -> tuple[bytes, Validity] | Answer:
        """Sign now: a number never issued, or an answer that the publisher left to get old."""
        delegate = self._delegates.delegate(code, at)
        if delegate is None:
            is_later = self._delegates.any_key or record
            return TRY_LATER if is_later and self._delegates.is_awaited(code) else UNAUTHORIZED
        if (record is None and not self._store.is_complete) or not self._for_others.take():
            return TRY_LATER
        validity = _validity(at, delegate.not_after)
        single = Single(asked, _status(record), validity)
        return ocsp_answer.sign(delegate.responder, (single,), validity.this_update, None), validity

    def _live(self, request: Request, codes: Sequence[str], at: datetime) -> Answer:
        """For this request alone: its nonce, or several certificates in one answer."""
        delegate = self._delegates.delegate(codes[0], at)
        if len(set(codes)) > 1:
            return UNAUTHORIZED  # a delegate speaks for one authority (RFC 6960 4.2.2.2)
        if delegate is None or (request.nonce is None and not self._for_others.take()):
            if len(codes) == 1:
                return self._of_one(request.certificates[0], codes[0], at)
            return TRY_LATER if self._delegates.any_key else UNAUTHORIZED
        validity = _validity(at, delegate.not_after)
        found = [self._store.get(codes[0], asked.serial) for asked in request.certificates]
        if None in found and not self._store.is_complete:
            return TRY_LATER
        singles = [
            Single(asked, _status(record), validity)
            for asked, record in zip(request.certificates, found, strict=True)
        ]
        body = ocsp_answer.sign(delegate.responder, singles, validity.this_update, request.nonce)
        return Answer(200, OCSP_TYPE, body)


def _status(record: bytes | None) -> Status:
    return Unknown() if record is None else records.status(record)


def _validity(at: datetime, not_after: datetime) -> Validity:
    begins = at.replace(microsecond=0)
    return Validity(this_update=begins, next_update=min(begins + LIVE_FRESHNESS, not_after))
