"""What was stored before lists had scopes is brought along: no revocation is left out."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.conftest import NOW
from guichet.authority import crls, queries
from guichet.authority.models import Certificate, CertificationAuthority, Crl, CrlScope
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.keystore import Keystore
from guichet.x509 import crl
from guichet.x509.certificate import serial_hex
from guichet.x509.crl import Reason, RevokedEntry
from kit.pki import Pki

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "ACR-EL-TEST"
HOUR = timedelta(hours=1)
FINGERPRINTS = ("authority_sha256", "authority_sha1")


def migrate(name: str) -> Any:
    """Bring the authority's tables to a migration; its models."""
    executor = MigrationExecutor(connection)
    executor.migrate([("authority", name)])
    return MigrationExecutor(connection).loader.project_state([("authority", name)]).apps


def newest() -> str:
    """The name of the last migration."""
    ((_, name),) = MigrationExecutor(connection).loader.graph.leaf_nodes("authority")
    return name


def fill(apps: Any, pki: Pki) -> None:
    """A root, four certificates, three of them revoked, and two lists of it."""
    root = pki.authority(CODE)
    authority = apps.get_model("authority", "CertificationAuthority").objects.create(
        code=CODE, der=root.der, key_label=CODE, revocations=3, created_at=NOW
    )

    def certificate(serial: int, revoked_at: datetime | None, reason: str) -> None:
        apps.get_model("authority", "Certificate").objects.create(
            authority=authority,
            serial_hex=serial_hex(serial),
            profile="AUTHORITY",
            der=b"",
            spki_sha256="",
            not_before=NOW,
            not_after=NOW + 1000 * HOUR,
            state="revoked" if revoked_at else "valid",
            revoked_at=revoked_at,
            reason=reason,
        )

    certificate(0x1001, NOW + 2 * HOUR, "superseded")
    certificate(0x1002, None, "")
    certificate(0x1003, NOW + HOUR, "unspecified")
    certificate(0x1004, NOW + 2 * HOUR, "keyCompromise")
    entries = [RevokedEntry(0x1003, NOW + HOUR, None)]
    for number, revoked in ((1, []), (2, entries)):
        apps.get_model("authority", "Crl").objects.create(
            authority=authority,
            number=number,
            der=pki.crl(CODE, revoked, number=number, at=NOW + number * HOUR),
            covers=len(revoked),
            this_update=NOW + number * HOUR,
            next_update=NOW + number * HOUR + 168 * HOUR,
        )


def interrupt() -> None:
    """What a run of 0014 that was ended leaves: on PostgreSQL one index half made, one whole."""
    with connection.cursor() as cursor:
        for name in FINGERPRINTS:
            column = name.removeprefix("authority_")
            cursor.execute(f"CREATE INDEX {name} ON authority_certificate ({column})")
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)",
                FINGERPRINTS[:1],
            )


def require_indexes() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "authority_certificate")
        assert set(FINGERPRINTS) <= found.keys()
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid")
            assert cursor.fetchone() == (0,)


def test_rows_of_before(authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks by instant, entries encoded, lists described; the next delta holds everything.

    A migration that was ended halfway is run again.
    """
    pki = Pki()
    monkeypatch.setattr(authority_keys, "signing_key", lambda _label: pki.authority(CODE).key)
    try:
        fill(migrate("0003_keys_renewed"), pki)
        migrate("0013_fingerprints")
        interrupt()
    finally:
        migrate(newest())
    require_indexes()
    authority = CertificationAuthority.objects.get()
    own = x509.load_der_x509_certificate(pki.authority(CODE).der)
    assert (authority.series, authority.generation, authority.state) == (CODE, 1, "active")
    assert authority.serial_hex == serial_hex(own.serial_number)
    rows = Certificate.objects.exclude(revocation_index=None).order_by("revocation_index")
    assert [(row.revocation_index, row.serial_hex, row.changed_at) for row in rows] == [
        (1, "10:03", NOW + HOUR),
        (2, "10:01", NOW + 2 * HOUR),
        (3, "10:04", NOW + 2 * HOUR),
    ]
    assert bytes(rows[2].crl_entry) == crl.entry_der(
        RevokedEntry(0x1004, NOW + 2 * HOUR, Reason.KEY_COMPROMISE)
    )
    assert Certificate.objects.get(serial_hex="10:02").changed_at == NOW
    assert list(CrlScope.objects.values_list("shard", "planned", "floor")) == [(0, 0, 0)]
    before = queries.last_crl(CODE)
    assert before is not None
    assert (before.number, before.entries, before.sha256) == (2, 1, sha256(before.der).hexdigest())
    assert [bool(row.parts.count()) for row in Crl.objects.order_by("number")] == [False, True]
    assert crls.issue_due(authority_keys, NOW + 3 * HOUR) == (CODE,)
    for kind in CrlKind:
        found = queries.last_crl(CODE, kind=kind)
        assert found is not None
        told = {entry.serial_number for entry in x509.load_der_x509_crl(found.der)}
        assert told == {0x1001, 0x1003, 0x1004}
