"""Verdicts of the mutual-TLS bench (EXI_PSC_24): who is accepted, who is refused and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.bench.clients import CA, SECOND, Bench, peer
from guichet.bench.diagnosis import diagnose
from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.refusals import Code
from guichet.identities.trust import TrustFolder
from guichet.x509 import certificate, keys, signatures
from kit.pki import NOW, SOPHIE, fresh_key, kept_key

# What SAMPLE/EXPIRED has of its own is its end, a minute after it is made.
ALIKE = {"ORG/AUTH_CLI", "SAMPLE/EXPIRED"}
OTHERS = [p.code for p in profiles.every() if p.code not in ALIKE]


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("kind", ["rsa-2048", "p-256", "p-384"])
def test_a_client_certificate_of_the_offer_org(bench: Bench, kind: str, version: str) -> None:
    """ACCEPTED. EXI_PSC_24: TLS 1.2 at least, an ORG AUTH_CLI certificate."""
    leaf = bench.pki.leaf(key=kept_key(kind, kind))
    found = bench.judge(leaf.chain, tls_version=version)
    assert found.is_accepted
    assert found.profile is not None
    assert found.profile.code == "ORG/AUTH_CLI"
    assert len(found.presented) == len(leaf.chain)
    assert (found.tls_version, found.cipher) == (version, "TLS_AES_256_GCM_SHA384")


def test_the_leaf_alone(bench: Bench) -> None:
    """ACCEPTED. The authorities are known here."""
    assert bench.judge([bench.pki.leaf().der]).is_accepted


@pytest.mark.parametrize("code", OTHERS)
def test_any_other_profile(bench: Bench, code: str) -> None:
    """REFUSED. Another usage of ORG, or another offer, by its own reason."""
    profile = profiles.profile(code)
    wrong = Code.BENCH_WRONG_USAGE if profile.offer is Offer.ORG else Code.BENCH_WRONG_OFFER
    # A title would tell a health professional (PS).
    ordered = replace(SOPHIE, title=None) if code.startswith("PRO/") else None
    leaf = bench.pki.leaf(code, ordered=ordered, authority=CA if code == "OCSP" else None)
    found = bench.judge(leaf.chain[:2])
    assert not found.is_accepted
    (objection,) = found.objections
    assert objection.code is wrong
    assert dict(objection.facts) == {"profile": code}
    assert found.profile == profile


def test_sign_and_conf_of_org(bench: Bench) -> None:
    """REFUSED. They are ORG's, and no client's."""
    for usage in (Usage.SIGN, Usage.CONF):
        assert bench.codes(bench.pki.leaf(f"ORG/{usage}")) == ["bench-wrong-usage"]


def test_expired_and_not_yet_valid(bench: Bench) -> None:
    """REFUSED. To the second."""
    ended = bench.pki.leaf(not_before=NOW - timedelta(days=9), not_after=NOW - SECOND)
    assert bench.codes(ended) == ["bench-expired"]
    to_come = bench.pki.leaf(not_before=NOW + SECOND)
    assert bench.codes(to_come) == ["bench-not-yet-valid"]


def test_revoked(bench: Bench) -> None:
    """REFUSED from the list that tells it on."""
    leaf = bench.pki.leaf()
    assert bench.codes(leaf) == []
    bench.publish_list(CA, leaf.serial)
    assert bench.codes(leaf) == ["bench-revoked"]


def test_an_authority_that_was_revoked(bench: Bench) -> None:
    """REFUSED. Its root's list counts as well."""
    leaf = bench.pki.leaf()
    bench.publish_list("ACR-EL-TEST", certificate.load(leaf.authority.der).serial_number)
    assert bench.codes(leaf) == ["bench-revoked"]


def test_every_reason_at_once(bench: Bench) -> None:
    """REFUSED thrice: whoever mends one hears of the others now."""
    leaf = bench.pki.leaf("ORG/SIGN")
    bench.publish_list(CA, leaf.serial)
    assert bench.codes(leaf, tls_version="TLSv1.1") == [
        "bench-tls-version",
        "bench-revoked",
        "bench-wrong-usage",
    ]


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "SSLv3", ""])
def test_old_versions_of_tls(bench: Bench, version: str) -> None:
    """REFUSED. EXI_PSC_24."""
    assert bench.codes(bench.pki.leaf(), tls_version=version) == ["bench-tls-version"]


def test_strangers(bench: Bench) -> None:
    """REFUSED. Our names, another's key; a self-signed certificate."""
    leaf = bench.pki.leaf()
    forged = certificate.sign(leaf.plan, signatures.bound(fresh_key("rsa-2048")))
    assert bench.codes(replace(leaf, der=forged)) == ["bench-untrusted"]
    found = bench.judge([bench.pki.root_of(fresh_key("p-256"))])
    assert [objection.code for objection in found.objections] == [Code.BENCH_UNTRUSTED]
    assert found.profile is None


def test_a_key_too_short(bench: Bench) -> None:
    """REFUSED."""
    short = bench.pki.leaf(spki_der=keys.public_half(fresh_key("rsa-1024")))
    assert bench.codes(short) == ["bench-untrusted"]


@pytest.mark.parametrize("chain", [[b"rubbish"], [b""], [b"\x30\x00"]])
def test_bytes_that_are_no_certificate(bench: Bench, chain: list[bytes]) -> None:
    """REFUSED, with what is known of the connection."""
    found = bench.judge(chain)
    assert [objection.code for objection in found.objections] == [Code.BENCH_UNTRUSTED]
    assert (found.tls_version, found.presented) == ("TLSv1.3", ())


def test_no_certificate(bench: Bench) -> None:
    """REFUSED, on this port and on one that asks for none."""
    for nobody in (peer([]), None):
        found = diagnose(nobody, bench.trust, NOW)
        assert [objection.code for objection in found.objections] == [Code.BENCH_NO_CERTIFICATE]


def test_a_list_that_is_over_or_missing(bench: Bench) -> None:
    """REFUSED for now: it cannot be told, and that is our fault."""
    leaf = bench.pki.leaf()
    assert bench.codes(leaf, at=NOW + timedelta(days=8)) == ["bench-status-unavailable"]
    (bench.folder / "crl" / f"{CA}.crl").unlink()
    assert bench.codes(leaf) == ["bench-status-unavailable"]


def test_before_anything_is_published(bench: Bench) -> None:
    """REFUSED, without a fault."""
    nowhere = TrustFolder(bench.folder / "nowhere")
    found = diagnose(peer(bench.pki.leaf().chain), nowhere, NOW)
    assert [objection.code for objection in found.objections] == [Code.BENCH_UNTRUSTED]
