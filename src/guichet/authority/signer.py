"""The signer: takes intents, plans, lints, signs, stores. It alone opens issuing keys.

Issuance order (docs/explanation/signature.md): serial and the octets to be signed stored with their
journal entry and committed; linted, or compared with what was; signed; verified; certificate and
journal entry committed. A crash anywhere is finished by the next run once the lease is over.
"""

import os
import sys
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import Error as DatabaseFaultError
from django.db import close_old_connections
from django.utils import timezone

from guichet.authority import authority_keys, crls, intents, queue, queue_acts, recovery
from guichet.authority.heartbeat import beat
from guichet.authority.intents import Intent
from guichet.authority.queue import LEASE
from guichet.authority.repeated_faults import RepeatedFaults
from guichet.authority.signed import Signed
from guichet.authority.signing import (
    Rehearsal,
    SigningFaultError,
    new_serial,
    require_verified,
    sign_intent,
)
from guichet.database.stillness import Stillness
from guichet.domain.certificates.plan import PkiUrls
from guichet.keystore import Keystore, KeystoreError
from guichet.web import traces
from guichet.x509.signatures import BoundKey

# A batch begins with so many; it grows while full ones are soon done, since what a batch costs
# besides its signatures is shared, and shrinks while keys are slow: nobody waits long behind one.
BATCH: Final = 64
BATCH_AT_LEAST: Final = 8
BATCH_AT_MOST: Final = 512
SOON_SECONDS: Final = 0.5
LATE_SECONDS: Final = 1.5
"""Well above twice the other: a size that fits is kept, and not doubled and halved by turns."""
IDLE_SECONDS: Final = 0.25
LOOKS: Final = 8
"""Of those, one for what time alone brings: lists on schedule, leases that end."""
LISTS_SECONDS: Final = 0.5
TROUBLE_SECONDS: Final = 2.0
HOLD_SECONDS: Final = LEASE.total_seconds() / 4
LESS_URGENT: Final = 10
"""Added to the niceness of threads that sign: the one that asks the database runs before them."""
FAULTS: Final = (DatabaseFaultError, KeystoreError, SigningFaultError)


@dataclass(frozen=True, slots=True)
class Batch:
    """Intents being signed, in lots, since an instant (`started`: of the monotonic clock)."""

    intents: tuple[Intent, ...]
    lots: tuple[Future[Signed], ...]
    begun: datetime
    started: float


class Signer:
    """One signer process; `name` tells its journal entries from another's.

    `threads` sign at once while the next requests are planned: signing leaves the interpreter free.
    """

    def __init__(
        self, keystore: Keystore, pki_base: str, name: str = "signer", threads: int = 1
    ) -> None:
        self._keystore = keystore
        self._urls = PkiUrls(pki_base)
        self._name = f"{name}-{uuid.uuid4().hex[:8]}"
        self._rehearsal = Rehearsal()
        self._threads = threads
        self._lists_at = 0.0
        self._owed: set[uuid.UUID] = set()
        self._size = BATCH
        self._stillness = Stillness(LOOKS)
        self._planning = RepeatedFaults("preparing requests and lists")
        self._signing = RepeatedFaults("signing")
        self._living = RepeatedFaults("the sign of life")

    def run_once(self, now: datetime) -> int:
        """Sign one batch from its beginning to its end; return how many certificates were issued.

        Raises KeystoreError when a key cannot be opened, django.db.Error when the database fails,
        HeldError while a restored state waits.
        """
        planned = self._begin(now)
        return self._end(self._sign(planned), now) if planned else 0

    def run(self, stop: threading.Event) -> None:
        """Sign and issue CRLs until told to stop; a fault of database or key is waited out."""
        with ThreadPoolExecutor(self._threads, "signing", _give_way) as pool:
            running: Batch | None = None
            while running is not None or not stop.is_set():
                close_old_connections()
                if running is None and not self._stillness.is_over():
                    stop.wait(IDLE_SECONDS)
                    continue
                began = time.monotonic()
                following, is_well = self._next(pool, stop)
                if running is not None:
                    is_well = self._finish(running) and is_well
                running = following
                if not is_well:
                    stop.wait(TROUBLE_SECONDS)
                elif running is None:
                    if self._lists_at >= began:  # else a revocation may wait for its list
                        self._stillness.begin()
                    stop.wait(IDLE_SECONDS)

    def _next(self, pool: ThreadPoolExecutor, stop: threading.Event) -> tuple[Batch | None, bool]:
        """The next batch, being signed, if any; and whether all is well."""
        if stop.is_set():
            return None, True
        now = timezone.now()
        try:
            self._issue_lists(now)
            planned = self._begin(now)
        except FAULTS as fault:
            self._tell(fault, self._planning)
            return None, False
        self._stillness.answered()
        self._planning.over()
        self._live()
        return (self._start(planned, pool, now) if planned else None), True

    def _issue_lists(self, now: datetime) -> None:
        """Revocations first, then what operators ask, twice a second; certificates come after."""
        if time.monotonic() - self._lists_at >= LISTS_SECONDS:
            recovery.require_clear()
            crls.issue_due(self._keystore, now)
            queue_acts.carry_out(now)
            self._lists_at = time.monotonic()

    def _begin(self, now: datetime) -> tuple[Intent, ...]:
        """Take requests and store what will be signed."""
        recovery.require_clear()
        self._give_back()
        taken = queue.take(by=self._name, limit=self._size, at=now)
        if not taken:
            return ()
        serials = [new_serial() for _ in taken]
        with self._owing(taken):
            return intents.prepare(taken, serials=serials, urls=self._urls, by=self._name, at=now)

    @contextmanager
    def _owing(self, taken: Iterable[uuid.UUID]) -> Iterator[None]:
        """What the database let down was not begun in vain: no request is to blame for it."""
        try:
            yield
        except DatabaseFaultError:
            self._owed.update(taken)
            raise

    def _give_back(self) -> None:
        if self._owed:
            queue.put_back(tuple(self._owed), "the database failed", by=self._name)
            self._owed.clear()

    def _start(self, planned: Sequence[Intent], pool: ThreadPoolExecutor, now: datetime) -> Batch:
        lots = [planned[rank :: self._threads] for rank in range(self._threads)]
        signing = tuple(pool.submit(self._sign, lot) for lot in lots if lot)
        return Batch(tuple(planned), signing, now, time.monotonic())

    def _finish(self, batch: Batch) -> bool:
        """Wait for the signatures, holding the lease, and store them; whether all is well."""
        ids = [intent.request_id for intent in batch.intents]
        is_well = True
        while wait(batch.lots, timeout=HOLD_SECONDS).not_done:
            self._hold(ids)
        for lot in batch.lots:
            try:
                self._end(lot.result(), batch.begun)
            except FAULTS as fault:
                self._tell(fault, self._signing)
                close_old_connections()
                is_well = False
        if is_well:
            self._signing.over()
        self._fit(batch)
        return is_well

    def _fit(self, batch: Batch) -> None:
        """Choose the size of the batches that follow."""
        seconds = time.monotonic() - batch.started
        if seconds > LATE_SECONDS:
            self._size = max(self._size // 2, BATCH_AT_LEAST)
        elif seconds < SOON_SECONDS and len(batch.intents) >= self._size:
            self._size = min(2 * self._size, BATCH_AT_MOST)

    def _hold(self, ids: Sequence[uuid.UUID]) -> None:
        """While keys are slow: keep the lease, look after the lists, give a sign of life."""
        now = timezone.now()
        try:
            queue.hold(ids, by=self._name, at=now)
            self._issue_lists(now)
        except FAULTS as fault:
            self._tell(fault, self._planning)
        self._live()

    def _tell(self, fault: Exception, work: RepeatedFaults) -> None:
        """A database that is away is told once, whatever work met it."""
        if not (isinstance(fault, DatabaseFaultError) and self._stillness.lost(fault)):
            work.tell(fault)

    def _live(self) -> None:
        """Give a sign of life; a folder that is full or closed stops no signature."""
        try:
            beat("signer")
        except OSError as fault:
            self._living.tell(fault)
        else:
            self._living.over()

    def _sign(self, planned: Sequence[Intent]) -> Signed:
        """Touches keys and no database."""
        with traces.span("sign", requests=len(planned)):
            return self._signed(planned)

    def _signed(self, planned: Sequence[Intent]) -> Signed:
        found = Signed()
        keys: dict[int, BoundKey] = {}

        def linted(intent: Intent, _: None) -> BoundKey:
            key = keys.get(intent.authority.pk)
            if key is None:
                key = authority_keys.key_of(intent.authority, self._keystore)
                keys[intent.authority.pk] = key
            self._rehearsal.require_linted(intent, key)
            return key

        def signed(intent: Intent, key: BoundKey) -> tuple[BoundKey, bytes]:
            return key, sign_intent(intent, key)

        def verified(intent: Intent, made: tuple[BoundKey, bytes]) -> bytes:
            require_verified(intent, *made)
            return made[1]

        ready = found.each([(intent, None) for intent in planned], linted)
        found.certificates = found.each(found.each(ready, signed), verified)
        return found

    def _end(self, found: Signed, now: datetime) -> int:
        """Store what was signed, set aside what cannot be, give back what waits for its key."""
        issued = 0
        with self._owing(intent.request_id for intent in found.every()):
            if found.certificates:
                issued = intents.store(found.certificates, by=self._name, at=now)
            for intent, fault in found.faults:
                queue.set_aside(intent.request_id, fault, by=self._name, at=now)
            if found.trouble is not None:
                left = [intent.request_id for intent in found.unsigned]
                queue.put_back(left, str(found.trouble), by=self._name)
                raise found.trouble
        return issued


def _give_way() -> None:
    """On a core they share, the database is then never idle while signatures are left to make.

    Linux alone knows the niceness of a thread. Where a sandbox refuses it, signing goes on without.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            niceness = os.getpriority(os.PRIO_PROCESS, thread) + LESS_URGENT
            os.setpriority(os.PRIO_PROCESS, thread, niceness)
