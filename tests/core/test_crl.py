"""Revocation lists: built in one go, read whole, and nothing that could hide a revocation."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from guichet.x509 import bundles, certificate, crl, crl_headings, lints
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.crl_headings import Heading
from guichet.x509.errors import Unreadable
from guichet.x509.signatures import bound, named
from kit.pki import NOW, Pki, kept_key

DAY = timedelta(days=1)
Builder = x509.CertificateRevocationListBuilder
ENTRIES = [
    RevokedEntry(0x1D5DE25E3DC14BDE2AFFEA0D46B71A45, NOW - DAY, Reason.KEY_COMPROMISE),
    RevokedEntry(2**159 - 1, NOW - 2 * DAY, Reason.AA_COMPROMISE),
    RevokedEntry(1, NOW - 3 * DAY, None),
]


def test_what_is_built_is_read(pki: Pki) -> None:
    """Number, period, issuer and every entry."""
    read = crl.read(pki.crl(revoked=ENTRIES, number=2**60, days=7))
    assert read.number == 2**60
    assert (read.this_update, read.next_update) == (NOW, NOW + 7 * DAY)
    assert read.issuer == certificate.subject_der(pki.authority().der)
    assert read.entries == {entry.serial: entry for entry in ENTRIES}


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason(pki: Pki, reason: Reason) -> None:
    """RFC 5280 5.3.1; the one that says nothing is left out, as it should be."""
    entry = RevokedEntry(7, NOW - DAY, reason)
    said = None if reason is Reason.UNSPECIFIED else reason
    assert crl.read(pki.crl(revoked=[entry])).entries[7].reason is said


@given(
    revoked=st.dictionaries(st.integers(1, 2**159 - 1), st.integers(0, 10**9), max_size=20),
)
def test_any_serials_and_instants(pki: Pki, revoked: dict[int, int]) -> None:
    """Years before and after 2050 are written differently (RFC 5280 5.1.2.4)."""
    entries = [
        RevokedEntry(serial, NOW + timedelta(seconds=at), None) for serial, at in revoked.items()
    ]
    assert crl.read(pki.crl(revoked=entries)).entries == {e.serial: e for e in entries}


POINT = "http://127.0.0.1:8080/crl/ACI-EL-ORG-TEST-1.crl"
DELTA = "http://127.0.0.1:8080/crl/ACI-EL-ORG-TEST-1-delta.crl"
KINDS: dict[str, dict[str, Any]] = {
    "full": {"freshest": DELTA},
    "delta": {"base_number": 7},
    "shard": {"point": POINT, "freshest": DELTA},
    "delta of a shard": {"point": POINT, "base_number": 7},
    "kept for ever": {"expired_since": NOW - 3000 * DAY},
}


@pytest.mark.parametrize("said", KINDS.values(), ids=KINDS.keys())
@pytest.mark.parametrize("revoked", [[], ENTRIES], ids=["empty", "entries"])
def test_lists_are_clean_for_pkilint(
    pki: Pki, revoked: list[RevokedEntry], said: dict[str, Any]
) -> None:
    """No finding; an empty list leaves its entries out (RFC 5280 5.1.2.6)."""
    assert lints.lint_crl(pki.crl(revoked=revoked, number=9, **said)) == ()


@pytest.mark.parametrize("said", KINDS.values(), ids=KINDS.keys())
def test_a_heading_is_read_as_it_was_written(pki: Pki, said: dict[str, Any]) -> None:
    """Kind, scope and period of every kind of list; its entries are not read."""
    written = Heading(number=9, this_update=NOW, next_update=NOW + DAY, **said)
    found = pki.crl(revoked=ENTRIES, number=9, days=1, **said)
    assert crl_headings.read(found) == written
    assert written.is_delta is ("base_number" in said)


def test_a_delta_that_takes_off_an_expired_one(pki: Pki) -> None:
    """RFC 5280 5.3.1: removeFromCRL, which pkilint allows in a delta alone."""
    gone = [RevokedEntry(7, NOW - DAY, Reason.REMOVE_FROM_CRL)]
    assert lints.lint_crl(pki.crl(revoked=gone, number=9, base_number=7)) == ()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"base_number": 10}, "precede its base"),
        ({"base_number": 7, "freshest": DELTA}, "names no other"),
        ({"next_update": NOW}, "before"),
    ],
)
def test_headings_that_contradict_themselves(said: dict[str, Any], why: str) -> None:
    """REFUSED."""
    values = {"number": 9, "this_update": NOW, "next_update": NOW + DAY} | said
    with pytest.raises(ValueError, match=why):
        Heading(**values)


@pytest.mark.parametrize("said", KINDS.values(), ids=KINDS.keys())
def test_as_openssl_reads_each_kind(pki: Pki, tmp_path: Path, said: dict[str, Any]) -> None:
    """Its verdict, and the extensions by their names."""
    (tmp_path / "list.crl").write_bytes(pki.crl(revoked=ENTRIES, number=9, **said))
    (tmp_path / "ca.pem").write_text(bundles.pem_chain(pki.authority().chain))
    run = subprocess.run(
        ["openssl", "crl", "-in", "list.crl", "-CAfile", "ca.pem", "-text", "-noout"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "verify OK" in run.stderr, run.stderr
    assert ("Delta CRL Indicator: critical" in run.stdout) is ("base_number" in said)
    assert ("Issuing Distribution Point: critical" in run.stdout) is ("point" in said)
    assert ("Freshest CRL" in run.stdout) is ("freshest" in said)


def test_as_openssl_reads_it(pki: Pki, tmp_path: Path) -> None:
    """Signature, number, serials and reasons."""
    (tmp_path / "list.crl").write_bytes(pki.crl(revoked=ENTRIES, number=4096))
    (tmp_path / "ca.pem").write_text(bundles.pem_chain(pki.authority().chain))
    run = subprocess.run(
        ["openssl", "crl", "-in", "list.crl", "-CAfile", "ca.pem", "-text", "-noout"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "verify OK" in run.stderr
    assert "X509v3 CRL Number: \n                4096" in run.stdout
    assert "Serial Number: 1D5DE25E3DC14BDE2AFFEA0D46B71A45" in run.stdout
    assert "Key Compromise" in run.stdout


def test_a_serial_may_not_come_twice(pki: Pki) -> None:
    """REFUSED. Which instant would hold?"""
    twice = [ENTRIES[0], RevokedEntry(ENTRIES[0].serial, NOW, None)]
    with pytest.raises(ValueError, match="twice"):
        pki.crl(revoked=twice)


@pytest.mark.parametrize("days", [0, -1])
def test_a_list_is_valid_for_a_time(pki: Pki, days: int) -> None:
    """REFUSED."""
    with pytest.raises(ValueError, match="before"):
        pki.crl(days=days)


def built(pki: Pki, change: Callable[[Builder], Builder], *, numbered: bool = True) -> bytes:
    """A list of the library's own making, so that it may hold what ours never does."""
    authority = pki.authority()
    builder = (
        Builder()
        .issuer_name(certificate.load(authority.der).subject)
        .last_update(NOW)
        .next_update(NOW + DAY)
    )
    if numbered:
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    assert isinstance(authority.key, rsa.RSAPrivateKey)
    return change(builder).sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)


def delta(builder: Builder) -> Builder:
    """RFC 5280 5.2.4: only what changed."""
    return builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)


def partial(builder: Builder) -> Builder:
    """RFC 5280 5.2.5: users' certificates alone."""
    point = x509.IssuingDistributionPoint(
        full_name=None,
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    return builder.add_extension(point, critical=True)


def strange(builder: Builder) -> Builder:
    """An extension that must be understood, and is not."""
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    return builder.add_extension(unknown, critical=True)


def indirect_entry(builder: Builder) -> Builder:
    """RFC 5280 5.3.3: an entry about another authority's certificate."""
    name = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")]))
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(1)
        .revocation_date(NOW)
        .add_extension(x509.CertificateIssuer([name]), critical=True)
        .build()
    )
    return builder.add_revoked_certificate(entry)


@pytest.mark.parametrize("change", [delta, partial, strange, indirect_entry])
def test_lists_that_could_hide_a_revocation(pki: Pki, change: Callable[[Builder], Builder]) -> None:
    """REFUSED: to read them as full lists would tell good of revoked certificates."""
    with pytest.raises(Unreadable, match="crl"):
        crl.read(built(pki, change))


def test_a_list_without_number(pki: Pki) -> None:
    """REFUSED. RFC 5280 5.2.3: nobody could tell an older list from a newer one."""
    for read in (crl.read, crl_headings.read):
        with pytest.raises(Unreadable):
            read(built(pki, lambda builder: builder, numbered=False))


def test_a_scope_that_is_not_an_address(pki: Pki) -> None:
    """REFUSED, by whoever publishes as well: users' certificates alone are no scope of ours."""
    with pytest.raises(Unreadable, match="crl"):
        crl_headings.read(built(pki, partial))


def test_a_plain_list_of_another_maker_is_read(pki: Pki) -> None:
    """ACCEPTED, with extensions that need not be understood."""
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    found = built(pki, lambda builder: builder.add_extension(unknown, critical=False))
    assert crl.read(found).number == 1


@pytest.mark.parametrize("length", [0, 1, 50, -1])
def test_bytes_that_are_no_list(pki: Pki, length: int) -> None:
    """REFUSED."""
    with pytest.raises(Unreadable):
        crl.read(pki.crl()[:length])


def test_who_signed(pki: Pki) -> None:
    """By name and by key; neither alone is enough."""
    found, authority = pki.crl(), pki.authority()
    assert crl.is_signed_by(found, authority.der)
    assert not crl.is_signed_by(found, pki.authority("ACI-EL-PP-TEST").der)
    assert not crl.is_signed_by(found, b"")
    assert not crl.is_signed_by(b"", authority.der)
    assert not crl.is_signed_by(found[:-1] + bytes([found[-1] ^ 1]), authority.der)
    heading = Heading(number=1, this_update=NOW, next_update=NOW + DAY)
    same_name = crl.build(authority.der, heading, [], bound(kept_key("other")))
    assert not crl.is_signed_by(same_name, authority.der)
    beside = bytearray(found)
    beside[found.rindex(named("rsa-sha256").identifier) + 12] = (
        0x0C  # sha512WithRSAEncryption, unsigned
    )
    assert not crl.is_signed_by(bytes(beside), authority.der)
