"""Serial numbers at the edges of RFC 5280 4.1.2.2, as OpenSSL and GnuTLS read them back."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apps.validation.responders import Service
from guichet.x509 import bundles
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.ocsp import Revoked
from kit.pki import Leaf, Pki, kept_key

EDGES = {
    "one": (0x01, "p-256"),
    "one octet": (0x7F, "rsa-2048"),
    "a leading zero": (0x80, "p-256"),
    "two octets and a leading zero": (0xFF00, "rsa-2048"),
    "a high bit before zeros": (0x80 << 8 * 15, "p-256"),
    "twenty octets": (int.from_bytes(b"\x7f" + b"\xff" * 19, "big"), "rsa-2048"),
}
Said = Callable[..., str]


@pytest.fixture(scope="module")
def today() -> Pki:
    """Programs look at the clock."""
    return Pki(now=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))


@pytest.fixture
def service(bare: Service, today: Pki) -> Service:
    """As the conftest's, by the machine's clock."""
    bare.pki = today
    bare.publish_authority()
    bare.install_key(at=today.now)
    return bare


@pytest.fixture
def said(tmp_path: Path) -> Said:
    """What a program says, in the folder of the test's files."""

    def run(*command: str) -> str:
        done = subprocess.run(
            command,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=30,
        )
        return done.stdout

    return run


@pytest.fixture
def revoked(service: Service, tmp_path: Path, request: pytest.FixtureRequest) -> Leaf:
    """A certificate of this serial and kind of key, its issuer and the lists, in files."""
    serial, kind = EDGES[request.param]
    at = service.pki.now
    leaf = service.pki.leaf(key=kept_key("edge", kind), serial=serial)
    service.tell(leaf, Revoked(at, Reason.SUPERSEDED), at)
    root = leaf.authority.issuer
    assert root is not None
    entries = [RevokedEntry(serial, at, Reason.SUPERSEDED)]
    lists = [service.pki.crl(revoked=entries), service.pki.crl(root.code)]
    texts = {
        "leaf": bundles.pem(leaf.der),
        "issuer": bundles.pem(leaf.authority.der),
        "root": bundles.pem(root.der),
        "list": bundles.pem(lists[0], "X509 CRL"),
        "lists": "".join(bundles.pem(one, "X509 CRL") for one in lists),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.pem").write_text(text)
    return leaf


@pytest.mark.parametrize("revoked", EDGES, indirect=True)
def test_all_mean_the_same_certificate(
    service: Service, revoked: Leaf, tmp_path: Path, said: Said
) -> None:
    """The serial that each reads in the certificate is the one that each is told of."""
    octets = revoked.serial.bit_length() // 8 + 1  # with the zero that keeps it positive
    shown = f"{revoked.serial:0{2 * ((revoked.serial.bit_length() + 7) // 8)}X}"
    assert f"serial={shown}\n" in said("openssl", "x509", "-in", "leaf.pem", "-noout", "-serial")
    listed = said("openssl", "crl", "-in", "list.pem", "-noout", "-text")
    assert f"Serial Number: {shown}\n" in listed
    trust = ("-CAfile", "root.pem", "-untrusted", "issuer.pem", "-CRLfile", "lists.pem")
    judged = said("openssl", "verify", "-crl_check_all", *trust, "leaf.pem")
    assert "certificate revoked" in judged
    listed = said("certtool", "--crl-info", "--infile", "list.pem")
    assert f"Serial Number (hex): {revoked.serial:0{2 * octets}x}\n" in listed

    asked = ("openssl", "ocsp", "-issuer", "issuer.pem", "-cert", "leaf.pem", "-no_nonce")
    said(*asked, "-reqout", "asked.der")
    answer(service, tmp_path)
    heard = said(*asked, "-respin", "answer.der", "-CAfile", "root.pem", "-resp_text")
    assert "Response verify OK" in heard
    assert "leaf.pem: revoked" in heard
    assert f"Serial Number: {shown}\n" in heard

    issuer = ("--load-issuer", "issuer.pem", "--load-cert", "leaf.pem")
    said("ocsptool", "--generate-request", *issuer, "--outfile", "asked.der")
    answer(service, tmp_path)
    told = ("--load-response", "answer.der", "--load-trust", "issuer.pem")
    heard = said("ocsptool", "--verify-response", *told, "--load-cert", "leaf.pem")
    assert "Verifying OCSP Response: Success" in heard
    assert "Certificate Status: revoked" in heard
    assert f"Serial Number: {revoked.serial:0{2 * octets}x}\n" in heard


def answer(service: Service, folder: Path) -> None:
    """What the responder says to the request in asked.der, in answer.der."""
    told = service.post((folder / "asked.der").read_bytes(), datetime.now(UTC))
    (folder / "answer.der").write_bytes(told.body)
