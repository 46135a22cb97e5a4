"""P5: a complete CRL of a great many entries, built, checked, stored and published; then a delta.

GUICHET_BENCH_CRL says how many (a million by default). Each measure runs in a process of its own,
so that its peak of memory is that of nothing else.
"""

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks.result import Result

if TYPE_CHECKING:
    from guichet.authority.models import Certificate

ENTRIES = int(os.environ.get("GUICHET_BENCH_CRL", "1000000"))
AUTHORITY = "ACI-EL-ORG-TEST"
CHUNK = 5_000
CERTIFICATE_OCTETS = 1_600
SERIAL_BITS = 126
GOALS = {"full": "≤ 5 s and ≤ 400 MB", "delta": ""}


def measure() -> Iterator[Result]:
    """The complete list, then one revocation more, told by a delta."""
    fill(ENTRIES)
    for verb, what in (("full", f"CRL of {ENTRIES:,} entries"), ("delta", "one more, by a delta")):
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.crl", verb], check=True, capture_output=True
        )
        found = json.loads(run.stdout)
        where = f"{connection.vendor}, peak {found['peak_mb']:.0f} MB"
        yield Result(
            "P5",
            f"{what}, published, {where} ÷ one SHA-256 and signature",
            found["seconds"],
            found["reference"],
            "s",
            GOALS[verb],
        )


def fill(count: int) -> None:
    """So many revoked certificates, of the size of real ones."""
    from guichet.authority import crls
    from guichet.authority.models import Certificate, CertificationAuthority, Crl
    from guichet.demo.issuance import make_hierarchy
    from guichet.demo.prepare import make_passphrase
    from guichet.processes.setup import bring_up_to_date
    from guichet.processes.signer import open_signing_keystore

    bring_up_to_date()
    make_passphrase()
    now = timezone.now()
    make_hierarchy(now)
    crls.issue_due(open_signing_keystore(), now)
    authority = CertificationAuthority.objects.get(code=AUTHORITY)
    Crl.objects.filter(authority=authority).delete()
    chance = random.Random(1)  # noqa: S311 the same serials each time
    der = chance.randbytes(CERTIFICATE_OCTETS)
    for first in range(1, count + 1, CHUNK):
        ranks = range(first, min(first + CHUNK, count + 1))
        serials = ((1 << SERIAL_BITS) + chance.getrandbits(SERIAL_BITS) for _ in ranks)
        Certificate.objects.bulk_create(
            revoked(authority.pk, rank, serial, der, now)
            for rank, serial in zip(ranks, serials, strict=True)
        )
    valid = revoked(authority.pk, 0, 1 << SERIAL_BITS, der, now)
    valid.state, valid.revoked_at, valid.revocation_index = "valid", None, None
    valid.save()
    authority.revocations = count
    authority.save(update_fields=["revocations"])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def revoked(authority: int, rank: int, serial: int, der: bytes, now: datetime) -> "Certificate":
    """A revoked certificate as the authority stores it."""
    from guichet.authority.models import Certificate
    from guichet.x509.certificate import serial_hex
    from guichet.x509.crl import Reason, RevokedEntry, entry_der

    at = now.replace(microsecond=0)
    return Certificate(
        authority_id=authority,
        serial_hex=serial_hex(serial),
        profile="ORG/AUTH_CLI",
        der=der,
        spki_sha256=f"{rank:064x}",
        not_before=now,
        not_after=now + timedelta(days=1095),
        state="revoked",
        revoked_at=at,
        reason=Reason.KEY_COMPROMISE.value,
        changed_at=now,
        to_publish=False,
        revocation_index=rank,
        crl_entry=entry_der(RevokedEntry(serial, at, Reason.KEY_COMPROMISE)),
    )


class Notes:
    """What the publisher remembers from one process to the next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def told(self, name: bytes) -> bytes | None:
        """A note."""
        file = self._folder / f"note-{name.hex()}"
        return file.read_bytes() if file.exists() else None

    def say(self, name: bytes, value: bytes) -> None:
        """Leave one."""
        (self._folder / f"note-{name.hex()}").write_bytes(value)


def alone(verb: str) -> dict[str, float]:
    """One measure, in this process: seconds, the reference's, and the peak in MB."""
    from guichet.authority import crls, operations, queries
    from guichet.authority.models import Certificate
    from guichet.domain.certificates.crl_policy import CrlKind
    from guichet.processes.signer import open_signing_keystore
    from guichet.validation import crl_publication
    from guichet.x509 import lints, signatures
    from guichet.x509.crl import Reason

    keystore, folder = open_signing_keystore(), Path(settings.GUICHET.published)
    key = signatures.bound(keystore.signing_key(AUTHORITY))
    if verb == "delta":
        valid = Certificate.objects.get(authority__code=AUTHORITY, state="valid").pk
        asked = {"reason": Reason.SUPERSEDED, "by": "bench", "at": timezone.now()}
        operations.revoke(certificate_id=valid, **asked)
    warm = queries.last_crl("ACR-EL-TEST")
    assert warm is not None
    lints.lint_crl(warm.der)  # a signer at work has its linter
    started = time.perf_counter()
    crls.issue_due(keystore, timezone.now())
    crl_publication.publish(folder, Notes(folder), timezone.now(), crl_publication.Intact())
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kind = CrlKind.DELTA if verb == "delta" else CrlKind.FULL
    last = queries.last_crl(AUTHORITY, kind=kind)
    assert last is not None
    assert last.entries == (1 if verb == "delta" else ENTRIES)
    started = time.perf_counter()
    key.sign(last.der)
    return {"seconds": seconds, "reference": time.perf_counter() - started, "peak_mb": peak}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(alone(sys.argv[1])))
