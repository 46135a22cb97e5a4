"""Test certificates on demand: each has the fault it says, and is its asker's alone."""

import io
import subprocess
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from django.utils import timezone

from apps.orders.counter import Person, Sign, text_of
from guichet.authority import queries as authority
from guichet.domain.refusals import Code
from guichet.domain.samples import LIFE, PER_DAY, PROFILES, Kind
from guichet.journal import queries as journal
from guichet.samples import files, operations
from guichet.samples.models import Sample
from kit.refusals import assert_refused

ISSUER = "ACI-EL-ORG-TEST"
ROOTS = ("ACR-EL-TEST", ISSUER)


def made(who: Person, sign: Sign, kind: Kind) -> dict[str, bytes]:
    """The files of a new one, as downloaded; by the names in the archive."""
    assert who.post("/essais/", {"kind": kind.value}).status_code == 302
    sign()
    operations.collect(timezone.now())
    key = Sample.objects.latest("pk").public_id
    answer = who.get(f"/essais/{key}.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        return {Path(name).name: zipped.read(name) for name in zipped.namelist()}


def verified(folder: Path, chain: bytes, roots: list[bytes], *options: str) -> str:
    """What OpenSSL says of a client's chain by these authorities."""
    (folder / "chain.pem").write_bytes(chain)
    (folder / "roots.pem").write_bytes(b"".join(roots))
    words = ["openssl", "verify", "-purpose", "sslclient", *options]
    words += ["-CAfile", "roots.pem", "-untrusted", "chain.pem", "chain.pem"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def hierarchy() -> list[bytes]:
    ders = (authority.authority_certificate(code) for code in ROOTS)
    return [x509.load_der_x509_certificate(der).public_bytes(files.Encoding.PEM) for der in ders]


@pytest.mark.usefixtures("authorities")
@pytest.mark.parametrize("kind", list(Kind))
def test_each_has_the_fault_it_says(sophie: Person, sign: Sign, kind: Kind, tmp_path: Path) -> None:
    found = made(sophie, sign, kind)
    key, leaf, _others = pkcs12.load_key_and_certificates(
        found[files.PACKAGE], files.PASSWORD.encode()
    )
    assert key is not None
    assert leaf is not None
    assert leaf.public_key() == key.public_key()
    roots = hierarchy()
    told = verified(tmp_path, found[files.CHAIN], roots)
    if kind in {Kind.GOOD, Kind.IN_PRODUCTION, Kind.REVOKED, Kind.EXPIRED}:
        assert told.endswith("OK\n"), told
    elif kind is Kind.WRONG_USAGE:
        assert (
            Eku.CLIENT_AUTH
            not in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        )
        assert "unsuitable certificate purpose" in told
    else:
        assert "verification failed" in told
    if kind is Kind.EXPIRED:
        assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(minutes=1)
        late = str(int(leaf.not_valid_after_utc.timestamp()) + 1)
        assert "certificate has expired" in verified(
            tmp_path, found[files.CHAIN], roots, "-attime", late
        )
    if kind in {Kind.WEAK_KEY, Kind.WEAK_SIGNATURE}:
        laboratory = [found[files.LABORATORY]]
        assert "too weak" in verified(tmp_path, found[files.CHAIN], laboratory, "-auth_level", "2")
        assert verified(tmp_path, found[files.CHAIN], laboratory, "-auth_level", "0").endswith(
            "OK\n"
        )
    row = Sample.objects.get()
    events = [entry.event for entry in journal.entries_about(str(row))]
    assert events == (["sample-asked", "sample-made"] if kind in PROFILES else ["sample-made"])
    (reference,) = authority.issued_with_references(str(row)).values() or (None,)
    if reference is not None:
        issued = authority.certificate(reference)
        assert (issued.revoked_at is not None) == (kind is Kind.REVOKED)


@pytest.mark.usefixtures("authorities")
def test_the_page_and_whose_they_are(sophie: Person, jeanne: Person, sign: Sign) -> None:
    assert "Aucun certificat d’essai" in text_of(sophie.get("/essais/"))
    sophie.post("/essais/", {"kind": "good"})
    key = Sample.objects.get().public_id
    assert "En cours" in text_of(sophie.get("/essais/"))
    assert sophie.get(f"/essais/{key}.zip").status_code == 404
    sign()
    operations.collect(timezone.now())
    assert f"/essais/{key}.zip" in text_of(sophie.get("/essais/"))
    assert jeanne.get(f"/essais/{key}.zip").status_code == 404
    assert str(key) not in text_of(jeanne.get("/essais/"))
    assert sophie.post("/essais/", {"kind": "autre"}).status_code == 404
    assert operations.forget(timezone.now() + LIFE) == 1


def test_so_many_a_day_and_none_in_production(sophie: Person, settings: Any) -> None:
    at = timezone.now()
    row = {"asked_by": sophie.actor.ref, "asked_at": at, "state": "made", "kind": "good"}
    Sample.objects.bulk_create(Sample(**row) for _one in range(PER_DAY))
    with assert_refused(Code.SAMPLES_TOO_MANY):
        operations.ask(kind=Kind.WEAK_KEY, by=sophie.actor, at=at)
    settings.GUICHET = replace(settings.GUICHET, environment="production")
    assert "Rien ne se fait ici en PRODUCTION" in text_of(sophie.get("/essais/"))
    with assert_refused(Code.SAMPLE_IN_PRODUCTION):
        operations.ask(kind=Kind.WEAK_KEY, by=sophie.actor, at=at + timedelta(days=2))
