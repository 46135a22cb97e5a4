"""Authorities that sign by PSS, by Ed25519 or on longer curves, as other programs verify them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guichet.x509 import bundles
from guichet.x509.crl import Reason, RevokedEntry
from kit.java import Judge
from kit.pki import Leaf, Pki

SCHEMES = [
    *(("rsa-2048", f"rsa-pss-sha{bits}") for bits in (256, 384, 512)),
    *(("p-521", ""), ("ed25519", "")),
]


def said(*command: str | Path) -> str:
    """Both outputs of a program."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        timeout=60,
    )
    return done.stdout


def written(path: Path, *ders: bytes, label: str = "CERTIFICATE") -> Path:
    """In one PEM file."""
    path.write_text("".join(bundles.pem(der, label) for der in ders))
    return path


@pytest.mark.parametrize(("algorithm", "signature"), SCHEMES)
def test_chains_and_lists(tmp_path: Path, judge: Judge, algorithm: str, signature: str) -> None:
    """ACCEPTED by OpenSSL, GnuTLS and Java; REVOKED and REFUSED where they should."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    pki = Pki(now=now, algorithm=algorithm, signature=signature)
    good, revoked = pki.leaf(), pki.leaf("ORG/SIGN")
    entry = RevokedEntry(revoked.serial, now, Reason.SUPERSEDED)
    roots = written(tmp_path / "root.pem", good.chain[2])
    issuer = written(tmp_path / "issuer.pem", good.chain[1])
    leaves = [written(tmp_path / f"{leaf.serial}.pem", leaf.der) for leaf in (good, revoked)]
    lists = written(tmp_path / "lists.pem", pki.crl(revoked=[entry]), pki.crl("ACR-EL-TEST"),
                    label="X509 CRL")  # fmt: skip
    openssl = ("openssl", "verify", "-x509_strict", "-crl_check_all", "-CRLfile", lists,
               "-untrusted", issuer, "-CAfile")  # fmt: skip
    assert said(*openssl, roots, leaves[0]).endswith(": OK\n")
    assert "certificate revoked" in said(*openssl, roots, leaves[1])
    assert gnutls(tmp_path, good, roots, lists) == "is trusted"
    assert gnutls(tmp_path, revoked, roots, lists) == "is revoked"
    assert judge.verdicts("chain", roots, issuer, *leaves) == ["good", "good"]
    other = written(tmp_path / "other.pem", pki.root_of(pki.fresh_key(algorithm)))
    assert "OK" not in said(*openssl, other, leaves[0])


def gnutls(folder: Path, leaf: Leaf, roots: Path, lists: Path) -> str:
    """What `certtool` says: of each certificate in turn, so that a refusal of one counts."""
    chain = written(folder / "chain.pem", *leaf.chain)
    trust = ("--load-ca-certificate", roots, "--load-crl", lists)
    told = said("certtool", "--verify", *trust, "--infile", chain)
    return next((end for end in ("is revoked", "is trusted") if end in told), told)
