"""Deltas and shards: whoever holds any valid complete list ends where the newest one stands."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.authority.asking import ask, issued
from apps.conftest import NOW, PKI_BASE
from guichet.authority import crls, intents, operations, queries, queue
from guichet.authority.models import Certificate, CertificationAuthority, CrlScope, SigningRequest
from guichet.authority.queries import IssuedCrl
from guichet.authority.signer import Signer
from guichet.authority.signing import new_serial
from guichet.domain.catalogue import authorities
from guichet.domain.certificates import crl_policy
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.domain.certificates.extensions import PkiUrls
from guichet.keystore import Keystore
from guichet.x509 import bundles, crl_headings, lints
from guichet.x509.certificate import serial_hex
from guichet.x509.crl import Reason

CODE = "ACI-EL-ORG-TEST"
HOUR = timedelta(hours=1)
Entries = Mapping[int, tuple[datetime, x509.ReasonFlags]]


def entries_of(found: IssuedCrl) -> Entries:
    """Serials, with instant and reason."""
    return read(found.der)


@cache
def read(der: bytes) -> Entries:
    """A relying party reads a list once, and compares it with many."""
    return {
        entry.serial_number: (
            entry.revocation_date_utc,
            entry.extensions.get_extension_for_class(x509.CRLReason).value.reason,
        )
        for entry in x509.load_der_x509_crl(der)
    }


def combined(full: Entries, delta: Entries) -> Entries:
    """As a relying party does (RFC 5280 6.3.3)."""
    gone = {s for s, (_, reason) in delta.items() if reason is x509.ReasonFlags.remove_from_crl}
    return {s: said for s, said in {**full, **delta}.items() if s not in gone}


def row(authority: CertificationAuthority, number: int, shard: int, hours: int) -> Certificate:
    """A certificate as far as lists read it."""
    return Certificate.objects.create(
        authority=authority,
        serial_hex=serial_hex(1000 + number),
        profile="ORG/AUTH_CLI",
        der=b"",
        spki_sha256="",
        not_before=NOW,
        not_after=NOW + hours * HOUR,
        changed_at=NOW,
        crl_shard=shard,
    )


class Party:
    """A relying party that keeps every complete list it ever saw of a scope."""

    def __init__(self, shard: int) -> None:
        self.shard = shard
        self.fulls: dict[int, IssuedCrl] = {}

    def follow(self, at: datetime) -> None:
        """Fetch both lists; every valid list held and the delta say what the newest list says."""
        full = queries.last_crl(CODE, self.shard)
        delta = queries.last_crl(CODE, self.shard, CrlKind.DELTA)
        assert full is not None
        assert delta is not None
        self.fulls[full.number] = full
        held = [f for f in self.fulls.values() if f.next_update > at and f.number < delta.number]
        added = entries_of(delta)
        assert all(delta.base_number <= found.number for found in held)
        told = [combined(entries_of(found), added) for found in held]
        if full.number == delta.number:
            told.append(entries_of(full))
        assert all(found == told[0] for found in told)
        assert self.unexpired(at) <= told[0].keys()

    def unexpired(self, at: datetime) -> set[int]:
        """What every list must tell, whatever became of the others."""
        rows = Certificate.objects.filter(state="revoked", not_after__gt=at)
        rows = rows.filter(crl_shard=self.shard) if self.shard else rows
        return {queries.serial_of(row.serial_hex) for row in rows}


STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.sets(st.integers(0, 7), max_size=3)), min_size=1, max_size=7
)
ENDS = st.lists(st.integers(1, 150), min_size=8, max_size=8)


@pytest.fixture
def lists(hierarchy_made: None, authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Complete lists of two entries are long already: some changes are told by deltas alone."""
    slow = replace(crl_policy.ISSUING, prompt=2, rebuild=3 * HOUR, breath=timedelta(0))
    monkeypatch.setattr(crls, "policy_of", lambda scope: slow)
    monkeypatch.setattr(crls, "LINTED_ENTRIES_AT_MOST", -1)


@settings(max_examples=30, deadline=None)
@given(steps=STEPS, ends=ENDS)
def test_a_delta_with_any_valid_list_is_the_newest_list(
    lists: None, authority_keys: Keystore, steps: list[tuple[int, set[int]]], ends: list[int]
) -> None:
    """Whatever is revoked and expires between them, in the whole and in a shard."""
    with transaction.atomic():
        authority = CertificationAuthority.objects.get(code=CODE)
        CertificationAuthority.objects.exclude(code=CODE).update(revocations=0)
        CrlScope.objects.exclude(authority=authority).delete()
        CrlScope.objects.create(authority=authority, shard=1, pki_base="http://pki.exemple.fr")
        rows = [row(authority, number, number % 2, end) for number, end in enumerate(ends)]
        parties, at = [Party(0), Party(1)], NOW
        for hours, revoked in steps:
            at += hours * HOUR + timedelta(seconds=1)
            ids = [rows[number].pk for number in revoked if rows[number].not_after > at]
            operations.revoke_many(certificate_ids=ids, reason=Reason.SUPERSEDED, by="test", at=at)
            crls.issue_due(authority_keys, at)
            for party in parties:
                party.follow(at)
        transaction.set_rollback(True)


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two certificates a shard."""
    spec = authorities.spec

    def small(code: str) -> authorities.AuthoritySpec:
        return replace(spec(code), crl_shard_size=2)

    monkeypatch.setattr(authorities, "spec", small)


def addresses(der: bytes) -> tuple[str, str]:
    """Of the list and of its delta, as a certificate carries them."""
    found = x509.load_der_x509_certificate(der).extensions
    points = found.get_extension_for_class(x509.CRLDistributionPoints).value
    freshest = found.get_extension_for_class(x509.FreshestCRL).value
    ((full,), (delta,)) = ([name.value for name in p.full_name or ()] for p in (*points, *freshest))
    return full.rsplit("/", 1)[1], delta.rsplit("/", 1)[1]


def test_shards_are_fixed_when_a_certificate_is_planned(
    small_shards: None, signer: Signer, authority_keys: Keystore
) -> None:
    """The first two go by the list of everything; then two a shard, told by both lists."""
    found = [issued(signer, f"test:{number}") for number in range(5)]
    expected = [CODE, CODE, f"{CODE}-1", f"{CODE}-1", f"{CODE}-2"]
    assert [addresses(one.der) for one in found] == [
        (f"{name}.crl", f"{name}-delta.crl") for name in expected
    ]
    rows = SigningRequest.objects.order_by("requested_at", "reference")
    shards = [0, 0, 1, 1, 2]
    assert list(rows.values_list("crl_shard", flat=True)) == shards
    certificates = Certificate.objects.filter(request__isnull=False).order_by("pk")
    assert list(certificates.values_list("crl_shard", flat=True)) == shards
    for one in (found[0], found[2]):
        operations.revoke(certificate_id=one.id, reason=Reason.SUPERSEDED, by="test", at=NOW)
    names = crls.issue_due(authority_keys, NOW)
    assert {CODE, f"{CODE}-1", f"{CODE}-2"} <= set(names)
    serials = [queries.serial_of(one.serial_hex) for one in found]
    told = []
    for shard in (0, 1, 2):
        last = queries.last_crl(CODE, shard)
        assert last is not None
        told.append(set(entries_of(last)))
    assert told == [{serials[0], serials[2]}, {serials[2]}, set()]


def test_other_addresses_begin_another_shard(
    small_shards: None, hierarchy_made: None, authority_keys: Keystore
) -> None:
    """The lists of a shard repeat one address, that of all its certificates (RFC 5280 6.3.3)."""
    bases = ["http://127.0.0.1:8080"] * 3 + ["http://pki.exemple.fr"] * 2
    found = [
        issued(Signer(authority_keys, base), f"test:{number}") for number, base in enumerate(bases)
    ]
    names = [addresses(one.der)[0] for one in found]
    assert names == [f"{CODE}{shard}.crl" for shard in ("", "", "-1", "-2", "-2")]
    crls.issue_due(authority_keys, NOW)
    last = queries.last_crl(CODE, 2)
    assert last is not None
    assert crl_headings.read(last.der).point == f"http://pki.exemple.fr/crl/{CODE}-2.crl"


def test_foreign_judges_of_a_shard(
    small_shards: None, signer: Signer, authority_keys: Keystore, tmp_path: Path
) -> None:
    """pkilint finds nothing; openssl takes the shard's list for its own certificates alone."""
    found = [issued(signer, f"test:{number}") for number in range(4)]
    crls.issue_due(authority_keys, NOW)
    operations.revoke(certificate_id=found[3].id, reason=Reason.SUPERSEDED, by="test", at=NOW)
    crls.issue_due(authority_keys, NOW + HOUR)
    for kind in CrlKind:
        last = queries.last_crl(CODE, 1, kind)
        assert last is not None
        assert lints.lint_crl(last.der) == ()
        (tmp_path / f"{kind}.pem").write_text(bundles.pem(last.der, "X509 CRL"))
    (tmp_path / "trust.pem").write_text(bundles.pem_chain(found[0].chain_ders))
    verdicts = []
    for one in found:
        (tmp_path / "leaf.pem").write_text(bundles.pem(one.der))
        when = str(int((NOW + 2 * HOUR).timestamp()))
        files = ["-CAfile", "trust.pem", "-CRLfile", "full.pem", "leaf.pem"]
        run = subprocess.run(
            ["openssl", "verify", "-crl_check", "-extended_crl", "-attime", when, *files],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        verdicts.append((run.stdout + run.stderr).splitlines())
    said = [" ".join(lines) for lines in verdicts]
    assert "different CRL scope" in said[0]
    assert "different CRL scope" in said[1]
    assert said[2].endswith("leaf.pem: OK")
    assert "certificate revoked" in said[3]


def test_a_plan_kept_through_a_crash_keeps_its_shard(small_shards: None, signer: Signer) -> None:
    """What was planned carries its addresses already, whatever is planned meanwhile."""
    for number in range(2):
        issued(signer, f"test:{number}")
    request = ask("test:late")
    urls = PkiUrls(PKI_BASE)
    queue.take(by="dead", limit=1, at=NOW)
    intents.prepare([request], serials=[new_serial()], urls=urls, by="dead", at=NOW)
    assert [addresses(issued(signer, f"test:{n}").der)[0] for n in (3, 4)] == [
        *(f"{CODE}-1.crl", f"{CODE}-2.crl")
    ]
    signer.run_once(NOW + queue.LEASE)
    late = queries.certificate(queries.signing_status(request).certificate_id or 0)
    assert addresses(late.der)[0] == f"{CODE}-1.crl"
    assert Certificate.objects.get(pk=late.id).crl_shard == 1
