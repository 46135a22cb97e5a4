"""What the card and bench ports make of certificates, by curl over real TLS."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kit.stack import Stack


def curl(stack: Stack, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["curl", "-s", "--cacert", stack.root, "-w", "\n%{http_code}", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def answered(run: subprocess.CompletedProcess[str]) -> tuple[int, dict[str, Any]]:
    body, _, status = run.stdout.rpartition("\n")
    return int(status), json.loads(body)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate that nobody here issued, long expired."""
    folder = tmp_path_factory.mktemp("foreign")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "étranger")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(1)
        .public_key(key.public_key())
        .not_valid_before(now - timedelta(days=20))
        .not_valid_after(now - timedelta(days=10))
        .sign(key, hashes.SHA256())
    )
    (folder / "crt.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    return folder / "crt.pem", folder / "key.pem"


def test_bench_without_certificate(stack: Stack) -> None:
    """REFUSED, with words: the handshake itself goes through."""
    status, told = answered(curl(stack, stack.bench_url + "/"))
    assert status == 403
    assert [reason["code"] for reason in told["reasons"]] == ["bench-no-certificate"]


def test_bench_refuses_a_foreign_certificate_in_both_languages(
    stack: Stack, foreign: tuple[Path, Path]
) -> None:
    """REFUSED. No root of ours signed it."""
    certificate, key = foreign
    status, told = answered(curl(stack, "--cert", certificate, "--key", key, stack.bench_url + "/"))
    assert status == 403
    (reason,) = told["reasons"]
    assert reason["code"] == "bench-untrusted"
    assert reason["fr"]["title"] != reason["en"]["title"]
    assert told["accepted"] is False


def test_bench_refuses_a_card(stack: Stack) -> None:
    """REFUSED. A card is not of the offer ORG (EXI_PSC_24)."""
    cards = stack.state / "demo" / "cards"
    status, told = answered(
        curl(stack, "--cert", cards / "sophie.crt", "--key", cards / "sophie.key", stack.bench_url)
    )
    assert (status, told["profile"]) == (403, "CARD-AUTH")
    assert [reason["code"] for reason in told["reasons"]] == ["bench-wrong-offer"]


def test_card_port_explains_a_foreign_card(stack: Stack, foreign: tuple[Path, Path]) -> None:
    """REFUSED by a page, not by a TLS alert; and written in the journal."""
    certificate, key = foreign
    run = curl(stack, "--cert", certificate, "--key", key, stack.card_url + "/api/v1/structures")
    status, told = answered(run)
    assert (status, told["code"]) == (403, "card-untrusted")


def test_forged_header_is_ignored(stack: Stack) -> None:
    """REFUSED. On TCP no header says who somebody is."""
    pem = (stack.state / "demo" / "cards" / "sophie.crt").read_text().replace("\n", "%0A")
    for header in ("X-Client-Cert", "X-SSL-Client-Cert", "Client-Cert"):
        run = curl(stack, "-H", f"{header}: {pem}", stack.card_url + "/api/v1/structures")
        status, told = answered(run)
        assert (status, told["code"]) == (401, "card-absent"), header


@pytest.mark.parametrize("port", ["PORT", "CARD_PORT", "BENCH_PORT"])
def test_tls_1_1_is_refused(stack: Stack, port: str) -> None:
    """REFUSED. EXI_PSC_24: TLS 1.2 at least."""
    address = f"localhost:{stack.env['GUICHET_' + port]}"
    run = subprocess.run(
        ["openssl", "s_client", "-connect", address, "-tls1_1", "-cipher", "ALL@SECLEVEL=0"],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    modern = subprocess.run(
        ["openssl", "s_client", "-connect", address, "-tls1_2"],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "TLSv1.2" in modern.stdout
