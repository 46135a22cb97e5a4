"""The signer: takes intents, plans, rehearses, signs, stores. It alone opens issuing keys.

Issuance order (design.md): serial and plan stored with their journal entry and committed; the
plan signed by a throw-away key and linted; signed for real; compared and verified; certificate
and journal entry committed. A crash anywhere is finished by the next run once the lease is over.
"""

import logging
import threading
import uuid
from datetime import datetime
from typing import Final

from django.db import Error as DatabaseFaultError
from django.db import close_old_connections
from django.utils import timezone

from guichet.authority import authority_keys, crls, intents
from guichet.authority.heartbeat import beat
from guichet.authority.intents import Intent
from guichet.authority.signing import Rehearsal, SigningFaultError, new_serial, sign
from guichet.domain.certificates.plan import PkiUrls
from guichet.keystore import Keystore, KeystoreError

logger = logging.getLogger(__name__)
BATCH: Final = 10
IDLE_SECONDS: Final = 0.25
TROUBLE_SECONDS: Final = 2.0


class Signer:
    """One signer process; `name` tells its journal entries from another's."""

    def __init__(self, keystore: Keystore, pki_base: str, name: str = "signer") -> None:
        self._keystore = keystore
        self._urls = PkiUrls(pki_base)
        self._name = f"{name}-{uuid.uuid4().hex[:8]}"
        self._rehearsal = Rehearsal()

    def run_once(self, now: datetime) -> int:
        """Sign one small batch; return how many certificates were issued.

        Raises KeystoreError when a key cannot be opened, django.db.Error when the database fails.
        """
        taken = intents.take(by=self._name, limit=BATCH, at=now)
        if not taken:
            return 0
        serials = [new_serial() for _ in taken]
        planned = intents.prepare(taken, serials=serials, urls=self._urls, by=self._name, at=now)
        try:
            signed = [(intent, der) for intent in planned if (der := self._sign(intent, now))]
        except KeystoreError as error:
            intents.put_back(taken, str(error), by=self._name)
            raise
        return intents.store(signed, by=self._name, at=now) if signed else 0

    def run(self, stop: threading.Event) -> None:
        """Sign and issue CRLs until told to stop; a fault of database or key is waited out."""
        while not stop.is_set():
            try:
                close_old_connections()
                now = timezone.now()
                issued = self.run_once(now)
                crls.issue_due(self._keystore, now)
                beat("signer")
            except (DatabaseFaultError, KeystoreError, SigningFaultError):
                logger.exception("the signer could not work; it will try again")
                stop.wait(TROUBLE_SECONDS)
            else:
                stop.wait(0 if issued else IDLE_SECONDS)

    def _sign(self, intent: Intent, now: datetime) -> bytes | None:
        try:
            key = authority_keys.key_of(intent.authority, self._keystore)
            return sign(intent.plan, key, intent.issuer_der, self._rehearsal)
        except SigningFaultError as fault:
            logger.exception("request %s cannot be signed", intent.request_id)
            intents.fail(intent.request_id, str(fault), by=self._name, at=now)
        return None
